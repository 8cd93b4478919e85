import { elementCount, type Shape, type Tensor } from "@nin/spec";

/** A dense float64 tensor in host memory, row-major: what the reference computes with. */
export interface Tensor64 extends Tensor {
  readonly data: Float64Array;
}

/** Tensors by state-dict name. */
export type Parameters64 = ReadonlyMap<string, Tensor64>;

/** A tensor of zeros, or over `data`. */
export function tensor64(shape: Shape, data: Float64Array = new Float64Array(elementCount(shape))): Tensor64 {
  return { shape, data };
}

/** A float64 copy of a tensor. */
export function copyTensor(tensor: Tensor): Tensor64 {
  return { shape: [...tensor.shape], data: Float64Array.from(tensor.data) };
}

/** A float64 copy of each tensor. */
export function copyTensors(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor64> {
  return new Map([...tensors].map(([name, tensor]) => [name, copyTensor(tensor)]));
}

/** The shape of each tensor. */
export function shapesOf(tensors: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Shape> {
  return new Map([...tensors].map(([name, { shape }]) => [name, shape]));
}

/** The extents of a batch of images. */
export interface ImageExtents {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Reads an NCHW shape.
 *
 * @throws `RangeError` when the tensor does not have four axes.
 */
export function imageExtents({ shape }: Tensor): ImageExtents {
  const [batch, channels, height, width] = shape;
  if (batch === undefined || channels === undefined || height === undefined || width === undefined) {
    throw new RangeError(`expected a tensor of shape [N, C, H, W], got [${shape.join(", ")}]`);
  }
  return { batch, channels, height, width };
}
