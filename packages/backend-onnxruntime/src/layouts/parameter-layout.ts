import type { Tensor } from "@nin/spec";

/**
 * Parameters inside graphs: a convolution's weight is [kernelHeight, kernelWidth, in, out], so
 * that its rows are what a window's row is multiplied by. All others are as users see them.
 */
export interface GraphTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** From a user's layout (OIHW) to the graph's (HWIO), as float32. Always a copy. */
export function toGraphLayout({ shape, data }: Tensor): GraphTensor {
  const [outChannels, inChannels, height, width] = shape;
  if (
    shape.length !== 4 ||
    outChannels === undefined ||
    inChannels === undefined ||
    height === undefined ||
    width === undefined
  ) {
    return { shape, data: Float32Array.from(data) };
  }
  return {
    shape: [height, width, inChannels, outChannels],
    data: swapHalves(data, outChannels * inChannels, height * width, outChannels, inChannels),
  };
}

/** From the graph's layout (HWIO) to the user's (OIHW). Always a copy. */
export function fromGraphLayout({ shape, data }: GraphTensor): Tensor {
  const [height, width, inChannels, outChannels] = shape;
  if (
    shape.length !== 4 ||
    outChannels === undefined ||
    inChannels === undefined ||
    height === undefined ||
    width === undefined
  ) {
    return { shape, data: data.slice() };
  }
  const result = new Float32Array(data.length);
  const taps = height * width;
  let source = 0;
  for (let tap = 0; tap < taps; tap += 1) {
    for (let i = 0; i < inChannels; i += 1) {
      for (let o = 0; o < outChannels; o += 1) {
        result[(o * inChannels + i) * taps + tap] = data[source] ?? 0;
        source += 1;
      }
    }
  }
  return { shape: [outChannels, inChannels, height, width], data: result };
}

/** The shape a user sees of a parameter with this shape inside graphs. */
export function userShape(shape: readonly number[]): readonly number[] {
  const [height = 0, width = 0, inChannels = 0, outChannels = 0] = shape;
  return shape.length === 4 ? [outChannels, inChannels, height, width] : shape;
}

/** [outer, taps] with outer = out * in, to [taps, in, out]. */
function swapHalves(
  data: Tensor["data"],
  outer: number,
  taps: number,
  outChannels: number,
  inChannels: number,
): Float32Array {
  const result = new Float32Array(data.length);
  for (let pair = 0; pair < outer; pair += 1) {
    const o = Math.floor(pair / inChannels);
    const i = pair % inChannels;
    for (let tap = 0; tap < taps; tap += 1) {
      result[(tap * inChannels + i) * outChannels + o] = data[pair * taps + tap] ?? 0;
    }
  }
  return result;
}
