import { InternalError } from "@nin/spec";
import type { WindowRow } from "./window-rows.js";

export interface ChannelCounts {
  readonly inChannels: number;
  readonly outChannels: number;
}

/**
 * `y[pixel, o] += sum over c of x[pixel, c] * w[c, o]`, for the pixels of a row and the kernel's element that it is of.
 * Four input channels at a time, so that a sum is read and written a quarter as often.
 */
export function addForward(
  x: Float32Array,
  w: Float32Array,
  y: Float64Array,
  { tap, output, input, step, count }: WindowRow,
  { inChannels, outChannels }: ChannelCounts,
): void {
  requireInside({ tap, output, input, step, count }, { inChannels, outChannels }, [x, y, w]);
  const whole = inChannels - (inChannels % 4);
  for (let pixel = 0; pixel < count; pixel += 1) {
    const to = (output + pixel) * outChannels;
    const from = (input + pixel * step) * inChannels;
    let weights = tap * inChannels * outChannels;
    let c = 0;
    for (; c < whole; c += 4) {
      const x0 = x[from + c] as number;
      const x1 = x[from + c + 1] as number;
      const x2 = x[from + c + 2] as number;
      const x3 = x[from + c + 3] as number;
      const [w1, w2, w3] = [weights + outChannels, weights + 2 * outChannels, weights + 3 * outChannels];
      for (let o = 0; o < outChannels; o += 1) {
        const two = x0 * (w[weights + o] as number) + x1 * (w[w1 + o] as number);
        const more = x2 * (w[w2 + o] as number) + x3 * (w[w3 + o] as number);
        y[to + o] = (y[to + o] as number) + (two + more);
      }
      weights += 4 * outChannels;
    }
    for (; c < inChannels; c += 1) {
      const value = x[from + c] as number;
      for (let o = 0; o < outChannels; o += 1)
        y[to + o] = (y[to + o] as number) + value * (w[weights + o] as number);
      weights += outChannels;
    }
  }
}

/**
 * `dw[c, o] += sum over the row's pixels of x[pixel, c] * dy[pixel, o]`, for the kernel's element that it is of. Four
 * pixels at a time.
 */
export function addWeightGradient(
  x: Float32Array,
  dy: Float32Array,
  dw: Float64Array,
  { tap, output, input, step, count }: WindowRow,
  { inChannels, outChannels }: ChannelCounts,
): void {
  requireInside({ tap, output, input, step, count }, { inChannels, outChannels }, [x, dy, dw]);
  const first = tap * inChannels * outChannels;
  const whole = count - (count % 4);
  const apart = step * inChannels;
  for (let pixel = 0; pixel < whole; pixel += 4) {
    const d0 = (output + pixel) * outChannels;
    const [d1, d2, d3] = [d0 + outChannels, d0 + 2 * outChannels, d0 + 3 * outChannels];
    const from = (input + pixel * step) * inChannels;
    for (let c = 0; c < inChannels; c += 1) {
      const x0 = x[from + c] as number;
      const x1 = x[from + c + apart] as number;
      const x2 = x[from + c + 2 * apart] as number;
      const x3 = x[from + c + 3 * apart] as number;
      const to = first + c * outChannels;
      for (let o = 0; o < outChannels; o += 1) {
        const two = x0 * (dy[d0 + o] as number) + x1 * (dy[d1 + o] as number);
        const more = x2 * (dy[d2 + o] as number) + x3 * (dy[d3 + o] as number);
        dw[to + o] = (dw[to + o] as number) + (two + more);
      }
    }
  }
  for (let pixel = whole; pixel < count; pixel += 1) {
    const gradient = (output + pixel) * outChannels;
    const from = (input + pixel * step) * inChannels;
    for (let c = 0; c < inChannels; c += 1) {
      const value = x[from + c] as number;
      const to = first + c * outChannels;
      for (let o = 0; o < outChannels; o += 1)
        dw[to + o] = (dw[to + o] as number) + value * (dy[gradient + o] as number);
    }
  }
}

/**
 * `dx[pixel, c] += sum over o of dy[pixel, o] * w[c, o]`, for the pixels of a row and the kernel's element that it is
 * of. Four input channels at a time, whose sums do not wait for each other.
 */
export function addInputGradient(
  w: Float32Array,
  dy: Float32Array,
  dx: Float64Array,
  { tap, output, input, step, count }: WindowRow,
  { inChannels, outChannels }: ChannelCounts,
): void {
  requireInside({ tap, output, input, step, count }, { inChannels, outChannels }, [dx, dy, w]);
  const whole = inChannels - (inChannels % 4);
  for (let pixel = 0; pixel < count; pixel += 1) {
    const from = (output + pixel) * outChannels;
    const to = (input + pixel * step) * inChannels;
    let w0 = tap * inChannels * outChannels;
    let c = 0;
    for (; c < whole; c += 4) {
      const [w1, w2, w3] = [w0 + outChannels, w0 + 2 * outChannels, w0 + 3 * outChannels];
      let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
      for (let o = 0; o < outChannels; o += 1) {
        const gradient = dy[from + o] as number;
        sum0 += gradient * (w[w0 + o] as number);
        sum1 += gradient * (w[w1 + o] as number);
        sum2 += gradient * (w[w2 + o] as number);
        sum3 += gradient * (w[w3 + o] as number);
      }
      dx[to + c] = (dx[to + c] as number) + sum0;
      dx[to + c + 1] = (dx[to + c + 1] as number) + sum1;
      dx[to + c + 2] = (dx[to + c + 2] as number) + sum2;
      dx[to + c + 3] = (dx[to + c + 3] as number) + sum3;
      w0 += 4 * outChannels;
    }
    for (; c < inChannels; c += 1) {
      let sum = 0;
      for (let o = 0; o < outChannels; o += 1) sum += (dy[from + o] as number) * (w[w0 + o] as number);
      dx[to + c] = (dx[to + c] as number) + sum;
      w0 += outChannels;
    }
  }
}

/**
 * Checks once for a row that all of it lies inside the arrays of the inputs, the outputs and the weights. The loops read
 * without a check of their own, which would be a call for every element and take five times as long.
 */
function requireInside(
  { tap, output, input, step, count }: WindowRow,
  { inChannels, outChannels }: ChannelCounts,
  [inputs, outputs, weights]: readonly [ArrayLike<number>, ArrayLike<number>, ArrayLike<number>],
): void {
  const isInside =
    Math.min(tap, output, input) >= 0 &&
    (input + (count - 1) * step + 1) * inChannels <= inputs.length &&
    (output + count) * outChannels <= outputs.length &&
    (tap + 1) * inChannels * outChannels <= weights.length;
  if (!isInside) throw new InternalError(`${count} pixels of a convolution are outside its arrays`);
}
