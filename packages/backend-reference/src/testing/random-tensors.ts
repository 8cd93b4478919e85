import { elementCount, type Shape } from "@nin/spec";
import type { Network } from "../network/network.js";
import { type Tensor64, tensor64 } from "../tensors/tensor64.js";

/** Uniform numbers in [0, 1), the same for a seed every time. Source: mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Values in [-1, 1). */
export function randomTensor(shape: Shape, next: () => number): Tensor64 {
  return tensor64(
    shape,
    Float64Array.from({ length: elementCount(shape) }, () => 2 * next() - 1),
  );
}

/** Gives every parameter of a network a value in [-1, 1). */
export function randomizeParameters(network: Network, next: () => number): void {
  for (const { data } of network.parameters.values()) {
    for (let i = 0; i < data.length; i += 1) data[i] = 2 * next() - 1;
  }
}
