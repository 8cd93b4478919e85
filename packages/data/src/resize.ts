import { RESIZE_PRECISION_BITS, type ResizeAxis, resizeAxis } from "@nin/spec";
import { DataError } from "./dataset/errors.js";

/** Extents of an image in pixels. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/**
 * Pillow's bilinear resize of 8-bit images, bit-exact: along the width, rounded to bytes, then
 * along the height.
 *
 * Shapes: planes of [from.height, from.width], any number, to planes of [to.height, to.width].
 * Throws: `DataError` unless `images` is whole planes.
 */
export function resizeImages(images: Uint8Array, from: ImageSize, to: ImageSize): Uint8Array {
  const planeBytes = from.height * from.width;
  const planes = images.length / planeBytes;
  if (!Number.isInteger(planes)) {
    const found = `${images.length} bytes`;
    throw new DataError("images", `whole planes of ${planeBytes} bytes`, found, { code: "NIN_DATA_OPTION" });
  }
  const widened = resizeRows(images, planes * from.height, resizeAxis(from.width, to.width));
  return resizeColumns(widened, planes, to.width, resizeAxis(from.height, to.height));
}

/** Local: a test runner looks imported names up at each use. */
const BITS = RESIZE_PRECISION_BITS;
const HALF = 1 << (BITS - 1);

/** Shapes: [rows, inputSize] to [rows, outputSize]. */
function resizeRows(input: Uint8Array, rows: number, axis: ResizeAxis): Uint8Array {
  const { inputSize, outputSize, taps, starts, coefficients } = axis;
  if (inputSize === outputSize) return input;
  const output = new Uint8Array(rows * outputSize);
  for (let row = 0; row < rows; row += 1) {
    for (let x = 0; x < outputSize; x += 1) {
      const start = row * inputSize + (starts[x] ?? 0);
      let sum = HALF;
      for (let tap = 0; tap < taps; tap += 1) {
        sum += (coefficients[x * taps + tap] ?? 0) * (input[start + tap] ?? 0);
      }
      output[row * outputSize + x] = sum >> BITS;
    }
  }
  return output;
}

/** Shapes: [planes, inputSize, width] to [planes, outputSize, width]. */
function resizeColumns(input: Uint8Array, planes: number, width: number, axis: ResizeAxis): Uint8Array {
  const { inputSize, outputSize, taps, starts, coefficients } = axis;
  if (inputSize === outputSize) return input.slice();
  const output = new Uint8Array(planes * outputSize * width);
  for (let plane = 0; plane < planes; plane += 1) {
    for (let y = 0; y < outputSize; y += 1) {
      const start = (plane * inputSize + (starts[y] ?? 0)) * width;
      const target = (plane * outputSize + y) * width;
      for (let x = 0; x < width; x += 1) {
        let sum = HALF;
        for (let tap = 0; tap < taps; tap += 1) {
          sum += (coefficients[y * taps + tap] ?? 0) * (input[start + tap * width + x] ?? 0);
        }
        output[target + x] = sum >> BITS;
      }
    }
  }
  return output;
}
