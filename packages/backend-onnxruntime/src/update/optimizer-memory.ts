import { optimizerSlots } from "@nin/backend";
import { instantiated } from "@nin/backend/wasm";
import { at, type Optimizer, present } from "@nin/spec";
import { updateRule, updateScalars } from "../programs/optimizers.js";
import { UPDATE_BLOCK, updateModule } from "./update-module.js";

/** A parameter and what belongs to it, in memory where it is updated. All have the parameter's layout inside graphs. */
export interface MemoryEntry {
  readonly weight: Float32Array<ArrayBuffer>;
  /** What the next update is computed from. */
  readonly gradient: Float32Array<ArrayBuffer>;
  /** The optimizer's state by slot; zero at first. */
  readonly state: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
}

interface UpdateExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Addresses of weight, gradient and states, the number of blocks, and the scalars. */
  readonly update: (...given: readonly number[]) => void;
}

interface PlacedEntry extends MemoryEntry {
  update(scalars: readonly number[]): void;
}

const PAGE_BYTES = 65_536;
const BLOCK_BYTES = UPDATE_BLOCK * Float32Array.BYTES_PER_ELEMENT;
/** Parameters share memories of this size, each of which reserves some GB of addresses. Units: bytes. */
const SHARED_BYTES = 2 ** 30;
/** The largest memory there is: its addresses have 32 bits. Units: bytes. */
const MOST_BYTES = 2 ** 32;

/**
 * Parameters, their gradients and an optimizer's state in memory of WebAssembly, which updates them in place: one pass
 * over the memory, in which everything is read and written once. The same operations as nodes of a graph are a dozen passes,
 * and the graph's results memory that is new in every step.
 */
export class OptimizerMemory {
  private constructor(
    private readonly optimizer: Optimizer,
    private readonly scalars: readonly string[],
    readonly entries: ReadonlyMap<string, PlacedEntry>,
  ) {}

  /**
   * @param sizes - how many elements each parameter has
   * @returns undefined where there is no WebAssembly with vectors, or not enough memory for it
   */
  static create(optimizer: Optimizer, sizes: ReadonlyMap<string, number>): OptimizerMemory | undefined {
    const rule = updateRule(optimizer);
    const slots = optimizerSlots(optimizer);
    const arrays = 2 + slots.length;
    const entries = new Map<string, PlacedEntry>();
    for (const group of groupsOf(sizes, arrays)) {
      const bytes = group.reduce((total, [, size]) => total + arrays * paddedBytes(size), 0);
      if (bytes > MOST_BYTES) return undefined;
      const made = instantiated(updateModule(rule, slots, Math.ceil(bytes / PAGE_BYTES)));
      if (made === undefined) return undefined;
      const { memory, update } = made as UpdateExports;
      let next = 0;
      for (const [name, size] of group) {
        const addresses = Array.from({ length: arrays }, (_, array) => next + array * paddedBytes(size));
        next += arrays * paddedBytes(size);
        const [weight, gradient, ...states] = addresses.map(
          (address) => new Float32Array(memory.buffer, address, size),
        );
        entries.set(name, {
          weight: present(weight, "a weight's memory"),
          gradient: present(gradient, "a gradient's memory"),
          state: new Map(slots.map((slot, index) => [slot, at(states, index)])),
          update: (scalars) => update(...addresses, paddedBytes(size) / BLOCK_BYTES, ...scalars),
        });
      }
    }
    return new OptimizerMemory(optimizer, rule.scalars, entries);
  }

  /**
   * Updates every parameter, and the state, from its gradient.
   *
   * @param t - the step of the whole run, from 0
   */
  update(learningRate: number, t: number): void {
    const values = updateScalars(this.optimizer, learningRate, t);
    const scalars = this.scalars.map((name) => present(values[name], `the scalar ${name}`));
    for (const entry of this.entries.values()) entry.update(scalars);
  }
}

/** Parameters that share a memory. A large one has a memory of its own. */
function groupsOf(
  sizes: ReadonlyMap<string, number>,
  arrays: number,
): readonly (readonly (readonly [name: string, size: number])[])[] {
  const groups: (readonly [name: string, size: number])[][] = [];
  let left = 0;
  for (const [name, size] of sizes) {
    const bytes = arrays * paddedBytes(size);
    if (bytes > left) {
      groups.push([]);
      left = SHARED_BYTES;
    }
    left -= bytes;
    at(groups, -1).push([name, size]);
  }
  return groups;
}

/** A number of bytes that whole blocks fill: what is between parameters is updated too, and never read. */
function paddedBytes(size: number): number {
  return BLOCK_BYTES * Math.ceil(size / UPDATE_BLOCK);
}
