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
  const whole = inChannels - (inChannels % 4);
  for (let pixel = 0; pixel < count; pixel += 1) {
    const to = (output + pixel) * outChannels;
    const from = (input + pixel * step) * inChannels;
    let weights = tap * inChannels * outChannels;
    let c = 0;
    for (; c < whole; c += 4) {
      const x0 = x[from + c] ?? 0;
      const x1 = x[from + c + 1] ?? 0;
      const x2 = x[from + c + 2] ?? 0;
      const x3 = x[from + c + 3] ?? 0;
      const [w1, w2, w3] = [weights + outChannels, weights + 2 * outChannels, weights + 3 * outChannels];
      for (let o = 0; o < outChannels; o += 1) {
        const two = x0 * (w[weights + o] ?? 0) + x1 * (w[w1 + o] ?? 0);
        const more = x2 * (w[w2 + o] ?? 0) + x3 * (w[w3 + o] ?? 0);
        y[to + o] = (y[to + o] ?? 0) + (two + more);
      }
      weights += 4 * outChannels;
    }
    for (; c < inChannels; c += 1) {
      const value = x[from + c] ?? 0;
      for (let o = 0; o < outChannels; o += 1) y[to + o] = (y[to + o] ?? 0) + value * (w[weights + o] ?? 0);
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
  const first = tap * inChannels * outChannels;
  const whole = count - (count % 4);
  const apart = step * inChannels;
  for (let pixel = 0; pixel < whole; pixel += 4) {
    const d0 = (output + pixel) * outChannels;
    const [d1, d2, d3] = [d0 + outChannels, d0 + 2 * outChannels, d0 + 3 * outChannels];
    const from = (input + pixel * step) * inChannels;
    for (let c = 0; c < inChannels; c += 1) {
      const x0 = x[from + c] ?? 0;
      const x1 = x[from + c + apart] ?? 0;
      const x2 = x[from + c + 2 * apart] ?? 0;
      const x3 = x[from + c + 3 * apart] ?? 0;
      const to = first + c * outChannels;
      for (let o = 0; o < outChannels; o += 1) {
        const two = x0 * (dy[d0 + o] ?? 0) + x1 * (dy[d1 + o] ?? 0);
        const more = x2 * (dy[d2 + o] ?? 0) + x3 * (dy[d3 + o] ?? 0);
        dw[to + o] = (dw[to + o] ?? 0) + (two + more);
      }
    }
  }
  for (let pixel = whole; pixel < count; pixel += 1) {
    const gradient = (output + pixel) * outChannels;
    const from = (input + pixel * step) * inChannels;
    for (let c = 0; c < inChannels; c += 1) {
      const value = x[from + c] ?? 0;
      const to = first + c * outChannels;
      for (let o = 0; o < outChannels; o += 1)
        dw[to + o] = (dw[to + o] ?? 0) + value * (dy[gradient + o] ?? 0);
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
        const gradient = dy[from + o] ?? 0;
        sum0 += gradient * (w[w0 + o] ?? 0);
        sum1 += gradient * (w[w1 + o] ?? 0);
        sum2 += gradient * (w[w2 + o] ?? 0);
        sum3 += gradient * (w[w3 + o] ?? 0);
      }
      dx[to + c] = (dx[to + c] ?? 0) + sum0;
      dx[to + c + 1] = (dx[to + c + 1] ?? 0) + sum1;
      dx[to + c + 2] = (dx[to + c + 2] ?? 0) + sum2;
      dx[to + c + 3] = (dx[to + c + 3] ?? 0) + sum3;
      w0 += 4 * outChannels;
    }
    for (; c < inChannels; c += 1) {
      let sum = 0;
      for (let o = 0; o < outChannels; o += 1) sum += (dy[from + o] ?? 0) * (w[w0 + o] ?? 0);
      dx[to + c] = (dx[to + c] ?? 0) + sum;
      w0 += outChannels;
    }
  }
}
