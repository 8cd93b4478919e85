import {
  advance,
  countDown,
  F32,
  float,
  get,
  I32,
  load128,
  moduleOf,
  set,
  simd,
  splat128,
  store128,
  V128,
} from "@nin/backend/wasm";
import { at, present } from "@nin/spec";
import type { UpdateArithmetic, UpdateRule } from "../programs/optimizers.js";

/** How many elements the function updates in one turn of its loop. */
export const UPDATE_BLOCK = 16;

const VECTOR_BYTES = 16;
const ELEMENT_BYTES = 4;

/**
 * A WebAssembly module that updates parameters in its memory by a rule, four elements at once. Each operation rounds by itself, as
 * a node of a graph does: the results are the same bits.
 *
 * Exports `memory` and `update(weight, gradient, ...states, blocks, ...scalars)`: the addresses of the parameter's elements, of its
 * gradient and of the optimizer's state in each slot; how many blocks of 16 elements; and the rule's scalars.
 *
 * @param slots - of the optimizer's state
 * @param pages - the memory's size. Units: 64 KiB
 */
export function updateModule(
  rule: UpdateRule,
  slots: readonly string[],
  pages: number,
): Uint8Array<ArrayBuffer> {
  const [weight, gradient, firstState] = [0, 1, 2];
  const addresses = [weight, gradient, ...slots.map((_, slot) => firstState + slot)];
  const blocks = addresses.length;
  const scalars = rule.scalars.map((_, scalar) => blocks + 1 + scalar);
  const code = new VectorCode(blocks + 1 + scalars.length);
  const fed = new Map(rule.scalars.map((name, index) => [name, code.splat(at(scalars, index))]));
  for (let offset = 0; offset < ELEMENT_BYTES * UPDATE_BLOCK; offset += VECTOR_BYTES) {
    const next = rule.update<Vector>(code, {
      weight: code.load(weight, offset),
      gradient: code.load(gradient, offset),
      state: (slot) => code.load(firstState + slots.indexOf(slot), offset),
      scalar: (name) => present(fed.get(name), `the scalar ${name}`),
    });
    code.store(weight, offset, next.weight);
    for (const [slot, value] of Object.entries(next.state)) {
      code.store(firstState + slots.indexOf(slot), offset, value);
    }
  }
  return moduleOf({
    pages,
    name: "update",
    parameters: [...addresses.map(() => I32), I32, ...scalars.map(() => F32)],
    variables: [[code.variables, V128]],
    body: [
      ...code.before,
      ...countDown(blocks, [
        ...code.body,
        ...addresses.flatMap((address) => advance(address, ELEMENT_BYTES * UPDATE_BLOCK)),
      ]),
    ],
  });
}

/** Four float32 numbers in a variable that is written once a turn. */
interface Vector {
  readonly variable: number;
}

/** Instructions that compute vectors. */
class VectorCode implements UpdateArithmetic<Vector> {
  /** Done once, before the loop. */
  readonly before: number[] = [];
  /** Done in every turn. */
  readonly body: number[] = [];
  readonly add = this.#binary(0xe4);
  readonly subtract = this.#binary(0xe5);
  readonly multiply = this.#binary(0xe6);
  readonly divide = this.#binary(0xe7);
  readonly squareRoot = (a: Vector): Vector => this.#written(this.body, [...read(a), ...simd(0xe3)]);
  readonly #constants = new Map<number, Vector>();
  #variables = 0;

  /** @param parameters - how many variables the function has as its parameters */
  constructor(private readonly parameters: number) {}

  get variables(): number {
    return this.#variables;
  }

  load(address: number, offset: number): Vector {
    return this.#written(this.body, [...get(address), ...load128(offset)]);
  }

  store(address: number, offset: number, value: Vector): void {
    this.body.push(...get(address), ...read(value), ...store128(offset));
  }

  /** A scalar of the function, four times. */
  splat(scalar: number): Vector {
    return this.#written(this.before, [...get(scalar), ...splat128()]);
  }

  #binary(operation: number) {
    return (a: Vector, b: Vector | number): Vector => {
      const right = typeof b === "number" ? this.#constant(b) : b;
      return this.#written(this.body, [...read(a), ...read(right), ...simd(operation)]);
    };
  }

  #constant(value: number): Vector {
    const known = this.#constants.get(value);
    if (known !== undefined) return known;
    const made = this.#written(this.before, [...float(value), ...splat128()]);
    this.#constants.set(value, made);
    return made;
  }

  #written(code: number[], instructions: readonly number[]): Vector {
    const variable = this.parameters + this.#variables;
    this.#variables += 1;
    code.push(...instructions, ...set(variable));
    return { variable };
  }
}

const read = ({ variable }: Vector): readonly number[] => get(variable);
