import { RESIZE_PRECISION_BITS, type ResizeAxis, resizeAxis } from "@nin/spec";
import { DataError } from "../dataset/errors.js";

/** The size of an image. Units: pixels. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/**
 * Pillow's bilinear resize of 8-bit images, bit-exact: along the width, rounded to bytes, then along the height.
 *
 * @param images any number of planes, each [from.height, from.width]
 * @returns as many planes, each [to.height, to.width]
 * @throws DataError unless `images` consists of whole planes
 *
 * @example
 * ```ts
 * const wide = resizeImages(test.images, { height: 28, width: 28 }, { height: 224, width: 224 });
 * ```
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

// Copied, because a test runner resolves imported names at each use, a thousand million times here.
const BITS = RESIZE_PRECISION_BITS;
const HALF = 1 << (BITS - 1);

/** Shapes: [rows, inputSize] to [rows, outputSize]. */
function resizeRows(input: Uint8Array, rows: number, axis: ResizeAxis): Uint8Array {
  const { inputSize, outputSize } = axis;
  if (inputSize === outputSize) return input;
  const output = new Uint8Array(rows * outputSize);
  for (let row = 0; row < rows; row += 1)
    resizeRow(input, row * inputSize, { output, from: row * outputSize }, axis);
  return output;
}

/**
 * Resizes one row along the width, as the first half of `resizeImages` does.
 *
 * @param from - where the row begins in `input`
 * @param to - the array that the new row is written to, and where it begins there
 */
export function resizeRow(
  input: Uint8Array,
  from: number,
  to: { readonly output: Uint8Array; readonly from: number },
  { outputSize, taps, starts, coefficients }: ResizeAxis,
): void {
  for (let x = 0; x < outputSize; x += 1) {
    const start = from + (starts[x] as number);
    const first = x * taps;
    let sum = HALF;
    for (let tap = 0; tap < taps; tap += 1) {
      sum += (coefficients[first + tap] as number) * (input[start + tap] as number);
    }
    to.output[to.from + x] = sum >> BITS;
  }
}

/** The second half of `resizeImages`. Shapes: [planes, inputSize, width] to [planes, outputSize, width]. */
export function resizeColumns(
  input: Uint8Array,
  planes: number,
  width: number,
  axis: ResizeAxis,
): Uint8Array {
  const { inputSize, outputSize, taps, starts, coefficients } = axis;
  if (inputSize === outputSize) return input.slice();
  const output = new Uint8Array(planes * outputSize * width);
  for (let plane = 0; plane < planes; plane += 1) {
    for (let y = 0; y < outputSize; y += 1) {
      const start = (plane * inputSize + (starts[y] as number)) * width;
      const target = (plane * outputSize + y) * width;
      for (let x = 0; x < width; x += 1) {
        let sum = HALF;
        for (let tap = 0; tap < taps; tap += 1) {
          sum += (coefficients[y * taps + tap] as number) * (input[start + tap * width + x] as number);
        }
        output[target + x] = sum >> BITS;
      }
    }
  }
  return output;
}
