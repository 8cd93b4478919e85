import { at, type Flatten } from "@nin/spec";
import { type Tensor64, tensor64 } from "../tensors/tensor64.js";
import { type LayerGradients, type LayerMath, type LayerValues, noParameters } from "./layer-math.js";

/** Row-major, so that only the shape changes. Shapes: input [N, ...], output [N, features]. */
export const flatten: LayerMath<Flatten> = { allocate: noParameters, forward, backward };

export function forward(_layer: Flatten, input: Tensor64): Tensor64 {
  const batch = at(input.shape, 0);
  return tensor64([batch, input.data.length / batch], input.data.slice());
}

export function backward(_layer: Flatten, outputGradient: Tensor64, { input }: LayerValues): LayerGradients {
  return { input: tensor64(input.shape, outputGradient.data.slice()) };
}
