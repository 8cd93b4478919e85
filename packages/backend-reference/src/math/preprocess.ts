import type { ImageFormat } from "@nin/backend";
import {
  type InputSpec,
  perChannel,
  present,
  RESIZE_PRECISION_BITS,
  type ResizeAxis,
  resizeAxis,
} from "@nin/spec";
import { type Tensor64, tensor64 } from "../tensors/tensor64.js";

/**
 * Turns images in bytes into a network's input: resized to its size (bytes, bit-exact with
 * Pillow), `fround(byte / 255)`, one channel repeated where the network takes more, then
 * `(x - mean) / std`, which the network's channels index.
 *
 * Shapes: images NCHW in `format`, result [N, C, H, W] of `input`.
 */
export function preprocess(images: Uint8Array, format: ImageFormat, input: InputSpec): Tensor64 {
  const bytes = resizePlanes(images, format, input);
  const batch = images.length / (format.channels * format.height * format.width);
  const mean = perChannel(format.preprocessing.mean, input.channels, "preprocessing.mean");
  const std = perChannel(format.preprocessing.std, input.channels, "preprocessing.std");
  const plane = input.height * input.width;
  const output = tensor64([batch, input.channels, input.height, input.width]);
  for (let n = 0; n < batch; n += 1) {
    for (let c = 0; c < input.channels; c += 1) {
      const from = (n * format.channels + (format.channels === 1 ? 0 : c)) * plane;
      const to = (n * input.channels + c) * plane;
      for (let pixel = 0; pixel < plane; pixel += 1) {
        const scaled = Math.fround(present(bytes[from + pixel]) / 255);
        output.data[to + pixel] = (scaled - present(mean[c])) / present(std[c]);
      }
    }
  }
  return output;
}

function resizePlanes(images: Uint8Array, from: ImageFormat, to: InputSpec): Uint8Array {
  const widened = from.width === to.width ? images : resizeRows(images, resizeAxis(from.width, to.width), 1);
  if (from.height === to.height) return widened;
  return resizeRows(widened, resizeAxis(from.height, to.height), to.width);
}

/** Resizes along one axis; `inner` is the number of elements from one position on it to the next. */
function resizeRows(source: Uint8Array, axis: ResizeAxis, inner: number): Uint8Array {
  const { inputSize, outputSize, taps, starts, coefficients } = axis;
  const outer = source.length / (inputSize * inner);
  const target = new Uint8Array(outer * outputSize * inner);
  for (let line = 0; line < outer; line += 1) {
    for (let o = 0; o < outputSize; o += 1) {
      const first = line * inputSize + present(starts[o]);
      for (let i = 0; i < inner; i += 1) {
        let sum = 2 ** (RESIZE_PRECISION_BITS - 1);
        for (let tap = 0; tap < taps; tap += 1) {
          sum += present(coefficients[o * taps + tap]) * present(source[(first + tap) * inner + i]);
        }
        const value = Math.floor(sum / 2 ** RESIZE_PRECISION_BITS);
        target[(line * outputSize + o) * inner + i] = Math.min(255, Math.max(0, value));
      }
    }
  }
  return target;
}
