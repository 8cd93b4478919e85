import type { GlobalAvgPool2d } from "@nin/spec";
import { imageExtents, type Tensor64, tensor64 } from "../tensors/tensor64.js";
import { type LayerGradients, type LayerMath, type LayerValues, noParameters } from "./layer-math.js";

/** The mean of each channel of each image. Shapes: input [N, C, H, W], output [N, C, 1, 1]. */
export const globalAvgPool2d: LayerMath<GlobalAvgPool2d> = { allocate: noParameters, forward, backward };

export function forward(_layer: GlobalAvgPool2d, input: Tensor64): Tensor64 {
  const { batch, channels, height, width } = imageExtents(input);
  const plane = height * width;
  const output = tensor64([batch, channels, 1, 1]);
  for (let c = 0; c < batch * channels; c += 1) {
    const values = input.data.subarray(c * plane, (c + 1) * plane);
    output.data[c] = values.reduce((sum, value) => sum + value, 0) / plane;
  }
  return output;
}

export function backward(
  _layer: GlobalAvgPool2d,
  outputGradient: Tensor64,
  { input }: LayerValues,
): LayerGradients {
  const { height, width } = imageExtents(input);
  const plane = height * width;
  const gradient = tensor64(input.shape);
  outputGradient.data.forEach((g, c) => {
    gradient.data.fill(g / plane, c * plane, (c + 1) * plane);
  });
  return { input: gradient };
}
