/**
 * One axis of Pillow's bilinear resize of 8-bit images: output `o` is
 * `clip8((sum over t of coefficients[o*taps + t] * input[starts[o] + t] + 2^21) >> 22)`.
 *
 * The image is resized along its width first, rounded to bytes, then along its height. For 28 to
 * 224 this is the tutorial's resize. Coefficients are fixed-point with 22 fractional bits; taps
 * beyond a window's end have coefficient 0 and stay inside the input.
 */
export interface ResizeAxis {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly taps: number;
  readonly starts: Int32Array;
  readonly coefficients: Int32Array;
}

export const RESIZE_PRECISION_BITS = 22;

/**
 * The windows and coefficients of one axis.
 *
 * Source: Pillow's documented resampling: a triangle filter of support 1 pixel, stretched by the
 * scale when shrinking, normalized within the image.
 */
export function resizeAxis(inputSize: number, outputSize: number): ResizeAxis {
  const scale = inputSize / outputSize;
  const support = Math.max(scale, 1);
  const windows = Array.from({ length: outputSize }, (_, output) =>
    window(output, inputSize, scale, support),
  );
  const widest = windows.reduce((most, { weights }) => Math.max(most, weights.length), 0);
  const taps = Math.min(inputSize, widest);
  const starts = new Int32Array(outputSize);
  const coefficients = new Int32Array(outputSize * taps);
  windows.forEach(({ first, weights }, output) => {
    const start = Math.min(first, inputSize - taps);
    starts[output] = start;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    weights.forEach((weight, tap) => {
      const fixed = Math.floor(0.5 + (weight / total) * 2 ** RESIZE_PRECISION_BITS);
      coefficients[output * taps + tap + first - start] = fixed;
    });
  });
  return { inputSize, outputSize, taps, starts, coefficients };
}

function window(
  output: number,
  inputSize: number,
  scale: number,
  support: number,
): { readonly first: number; readonly weights: readonly number[] } {
  const center = (output + 0.5) * scale;
  const first = Math.max(0, Math.floor(center - support + 0.5));
  const end = Math.min(inputSize, Math.floor(center + support + 0.5));
  const weights = Array.from({ length: end - first }, (_, tap) =>
    Math.max(0, 1 - Math.abs((first + tap - center + 0.5) / support)),
  );
  return { first, weights };
}
