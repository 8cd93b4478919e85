import { present } from "../reading/present.js";

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

/**
 * The position of the first value that is NaN or infinite; -1 where there is none.
 *
 * A loop, as hundreds of millions of values may be looked at each time that a checkpoint is saved: `findIndex` takes eight times as long.
 */
export function firstNotFinite(values: Tensor["data"]): number {
  for (let index = 0; index < values.length; index += 1) {
    const value = present(values[index]);
    // The difference is NaN where the value is NaN or infinite, and else 0.
    if (value - value !== 0) return index;
  }
  return -1;
}
