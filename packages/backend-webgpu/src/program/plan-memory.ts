import { at } from "@nin/spec";
import type { Command, Operand, TensorRef } from "./command.js";

/** Which buffer each tensor gets. */
export interface MemoryPlan {
  /** Sizes of the buffers. Units: bytes. */
  readonly bufferBytes: readonly number[];
  /** Each tensor's buffer, an index into `bufferBytes`. */
  readonly bufferOf: ReadonlyMap<TensorRef, number>;
  /** The most that is alive at one moment: no plan needs less. Units: bytes. */
  readonly lowerBoundBytes: number;
}

/** Tensors that are not written and read by the commands alone. */
export interface OuterTensors {
  /** Written before the commands. */
  readonly input: TensorRef;
  /** Read after them. */
  readonly kept: readonly TensorRef[];
  /** Written once and read each time that the commands run. */
  readonly lasting: readonly TensorRef[];
}

interface Lifetime {
  readonly tensor: TensorRef;
  first: number;
  last: number;
}

/**
 * Gives tensors whose lifetimes do not overlap the same buffer. Buffers, not parts of one: WebGPU
 * refuses to read and write one buffer in a dispatch, wherever the parts lie.
 * Larger tensors choose first.
 */
export function planMemory(commands: readonly Command[], outer: OuterTensors): MemoryPlan {
  const lifetimes = [...lifetimesOf(commands, outer).values()];
  const bufferOf = new Map<TensorRef, number>();
  const buffers: { sizeBytes: number; readonly users: Lifetime[] }[] = [];
  for (const lifetime of lifetimes.toSorted((a, b) => b.tensor.sizeBytes - a.tensor.sizeBytes)) {
    let index = buffers.findIndex(({ users }) => users.every((user) => !overlap(user, lifetime)));
    if (index < 0) index = buffers.push({ sizeBytes: lifetime.tensor.sizeBytes, users: [] }) - 1;
    at(buffers, index).users.push(lifetime);
    bufferOf.set(lifetime.tensor, index);
  }
  const bufferBytes = buffers.map(({ sizeBytes }) => sizeBytes);
  return { bufferBytes, bufferOf, lowerBoundBytes: peakBytes(lifetimes, commands.length) };
}

/** The tensors that commands read and write. */
export function tensorsOf(commands: readonly Command[]): readonly TensorRef[] {
  return commands.flatMap(({ operands }) => Object.values(operands).filter(isTensorRef));
}

export function isTensorRef(operand: Operand): operand is TensorRef {
  return !("buffer" in operand);
}

function lifetimesOf(
  commands: readonly Command[],
  { input, kept, lasting }: OuterTensors,
): ReadonlyMap<TensorRef, Lifetime> {
  const lifetimes = new Map<TensorRef, Lifetime>(
    [input, ...lasting].map((tensor) => [tensor, { tensor, first: 0, last: 0 }]),
  );
  const use = (tensor: TensorRef, time: number) => {
    const known = lifetimes.get(tensor);
    if (known === undefined) lifetimes.set(tensor, { tensor, first: time, last: time });
    else known.last = time;
  };
  commands.forEach((command, time) => {
    for (const tensor of tensorsOf([command])) use(tensor, time);
  });
  for (const tensor of [...kept, ...lasting]) use(tensor, commands.length);
  return lifetimes;
}

function overlap(a: Lifetime, b: Lifetime): boolean {
  return a.first <= b.last && b.first <= a.last;
}

function peakBytes(lifetimes: readonly Lifetime[], moments: number): number {
  let peak = 0;
  for (let time = 0; time < moments; time += 1) {
    const alive = lifetimes.filter(({ first, last }) => first <= time && time <= last);
    peak = Math.max(
      peak,
      alive.reduce((sum, { tensor }) => sum + tensor.sizeBytes, 0),
    );
  }
  return peak;
}
