import { present, type Shape, type Tensor } from "@nin/spec";

/**
 * A parameter inside a graph: a convolution's weight is [kernelHeight, kernelWidth, in, out], so that an im2col row
 * can be multiplied by it. All others are as users see them.
 */
export interface GraphTensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

type FourExtents = readonly [number, number, number, number];

/** A convolution's weight is the only parameter with four axes. */
function isConvolutionWeight(shape: Shape): shape is FourExtents {
  return shape.length === 4;
}

/** Converts a parameter from the layout users see (OIHW) to the graph's (HWIO), as float32. Always a copy. */
export function toGraphLayout({ shape, data }: Tensor): GraphTensor {
  if (!isConvolutionWeight(shape)) return { shape, data: Float32Array.from(data) };
  const [outChannels, inChannels, height, width] = shape;
  const result = new Float32Array(data.length);
  const taps = height * width;
  let source = 0;
  for (let o = 0; o < outChannels; o += 1) {
    for (let i = 0; i < inChannels; i += 1) {
      for (let tap = 0; tap < taps; tap += 1) {
        result[(tap * inChannels + i) * outChannels + o] = present(data[source]);
        source += 1;
      }
    }
  }
  return { shape: [height, width, inChannels, outChannels], data: result };
}

/** Converts a parameter from the graph's layout (HWIO) to the one users see (OIHW). Always a copy. */
export function fromGraphLayout({ shape, data }: GraphTensor): Tensor {
  if (!isConvolutionWeight(shape)) return { shape, data: data.slice() };
  const [height, width, inChannels, outChannels] = shape;
  const result = new Float32Array(data.length);
  const taps = height * width;
  let source = 0;
  for (let tap = 0; tap < taps; tap += 1) {
    for (let i = 0; i < inChannels; i += 1) {
      for (let o = 0; o < outChannels; o += 1) {
        result[(o * inChannels + i) * taps + tap] = present(data[source]);
        source += 1;
      }
    }
  }
  return { shape: userShape(shape), data: result };
}

/** The shape users see of a parameter with this shape inside graphs. */
export function userShape(shape: Shape): Shape {
  if (!isConvolutionWeight(shape)) return shape;
  const [height, width, inChannels, outChannels] = shape;
  return [outChannels, inChannels, height, width];
}
