import { type Dropout, dropoutScale } from "@nin/spec";
import { type Tensor64, tensor64 } from "../tensors/tensor64.js";
import {
  type LayerGradients,
  type LayerMath,
  type LayerOperands,
  type LayerValues,
  noParameters,
} from "./layer-math.js";

/**
 * In training, zeroes the units that `kept` excludes and multiplies the others by
 * `fround(1/(1-rate))`; without `kept` the identity. Shapes: any, the output's as the input's.
 */
export const dropout: LayerMath<Dropout> = { allocate: noParameters, forward, backward };

export function forward(layer: Dropout, input: Tensor64, { kept }: LayerOperands): Tensor64 {
  return mask(layer, input, kept);
}

export function backward(
  layer: Dropout,
  outputGradient: Tensor64,
  _values: LayerValues,
  { kept }: LayerOperands,
): LayerGradients {
  return { input: mask(layer, outputGradient, kept) };
}

function mask(layer: Dropout, { shape, data }: Tensor64, kept: Uint8Array | undefined): Tensor64 {
  if (kept === undefined) return tensor64(shape, data.slice());
  const scale = dropoutScale(layer.rate);
  const masked = tensor64(shape);
  for (let index = 0; index < data.length; index += 1)
    if (kept[index] === 1) masked.data[index] = Number(data[index]) * scale;
  return masked;
}
