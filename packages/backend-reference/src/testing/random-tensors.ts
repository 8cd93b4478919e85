import { elementCount, type Shape } from "@nin/spec";
import type { Network } from "../network/network.js";
import { type Tensor64, tensor64 } from "../tensors/tensor64.js";

export { randomNumbers } from "@nin/test-support";

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
