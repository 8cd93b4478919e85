import type { Relu } from "@nin/spec";
import { type Tensor64, tensor64 } from "../tensors/tensor64.js";
import { type LayerGradients, type LayerMath, type LayerValues, noParameters } from "./layer-math.js";

/** `y = max(x, 0)`, with derivative 0 at 0. NaN stays NaN. Shapes: any, the output's as the input's. */
export const relu: LayerMath<Relu> = { allocate: noParameters, forward, backward };

export function forward(_layer: Relu, input: Tensor64): Tensor64 {
  const output = tensor64(input.shape);
  for (let index = 0; index < input.data.length; index += 1)
    output.data[index] = Math.max(Number(input.data[index]), 0);
  return output;
}

export function backward(_layer: Relu, outputGradient: Tensor64, { input }: LayerValues): LayerGradients {
  const gradient = tensor64(input.shape, outputGradient.data.slice());
  for (let index = 0; index < input.data.length; index += 1)
    if (Number(input.data[index]) <= 0) gradient.data[index] = 0;
  return { input: gradient };
}
