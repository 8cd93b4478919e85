import { present, type Relu } from "@nin/spec";
import { type Tensor64, tensor64 } from "../tensors/tensor64.js";
import { type LayerGradients, type LayerMath, type LayerValues, noParameters } from "./layer-math.js";

/** `y = max(x, 0)`, with derivative 0 at 0. NaN stays NaN. Shapes: any, the output's as the input's. */
export const relu: LayerMath<Relu> = { allocate: noParameters, forward, backward };

export function forward(_layer: Relu, input: Tensor64): Tensor64 {
  return tensor64(
    input.shape,
    input.data.map((x) => Math.max(x, 0)),
  );
}

export function backward(_layer: Relu, outputGradient: Tensor64, { input }: LayerValues): LayerGradients {
  const gradient = outputGradient.data.map((g, index) => (present(input.data[index]) <= 0 ? 0 : g));
  return { input: tensor64(input.shape, gradient) };
}
