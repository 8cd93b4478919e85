/** Extents of a tensor, outermost first. */
export type Shape = readonly number[];

/**
 * A dense tensor in host memory, row-major.
 *
 * Images and activations are NCHW, convolution weights OIHW, linear weights [out, in].
 * Backends that compute in float64 give `Float64Array`, all others `Float32Array`.
 */
export interface Tensor {
  readonly shape: Shape;
  readonly data: Float32Array | Float64Array;
}

/** Parameters (or their gradients) by PyTorch state-dict name, as in `net.0.2.weight`. */
export type NamedTensors = ReadonlyMap<string, Tensor>;

/** The number of elements of a tensor of this shape. */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
