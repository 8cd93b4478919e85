import { present, type Tensor } from "@nin/spec";
import { imageLength, type Value } from "../layers/value.js";

/**
 * Puts an activation's micro-batches together, its channels in front and without their padding.
 *
 * Shapes: parts [images, height, width, stride]; result NCHW, or [N, features].
 */
export function joinImages(value: Value, count: number, parts: readonly Float32Array[]): Tensor {
  const { channels, height, width, stride, flat } = value;
  const pixels = height * width;
  const data = new Float32Array(count * channels * pixels);
  let image = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length; from += imageLength(value)) {
      for (let channel = 0; channel < channels; channel += 1) {
        const to = (image * channels + channel) * pixels;
        for (let pixel = 0; pixel < pixels; pixel += 1) {
          data[to + pixel] = present(part[from + pixel * stride + channel]);
        }
      }
      image += 1;
    }
  }
  return { shape: flat ? [count, channels] : [count, channels, height, width], data };
}
