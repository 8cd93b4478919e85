import { SpecError } from "../errors.js";
import type { Shape } from "../tensor.js";
import type { Size2d } from "./layer-kind.js";

/** A window that slides over an image: of a convolution or of a pool. */
export interface Window {
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Size2d;
}

/**
 * How many windows fit along one axis: `floor((n + 2p - k)/s) + 1`, or `ceil` with `ceilMode`,
 * where the last window must start inside the input or its left padding (PyTorch's rule).
 *
 * Throws: `SpecError` when the kernel is larger than the padded input.
 */
export function windowCount(
  extent: number,
  window: Window,
  axis: 0 | 1,
  ceilMode: boolean,
  path: string,
): number {
  const kernel = window.kernelSize[axis];
  const stride = window.stride[axis];
  const padding = window.padding[axis];
  const room = extent + 2 * padding - kernel;
  if (room < 0) {
    throw new SpecError(path, `at most the padded input's ${extent + 2 * padding}`, kernel);
  }
  if (!ceilMode) return Math.floor(room / stride) + 1;
  const count = Math.ceil(room / stride) + 1;
  return (count - 1) * stride >= extent + padding ? count - 1 : count;
}

/** Throws: `SpecError` when the layer's input is not an image. */
export function imageShape(input: Shape, path: string): readonly [number, number, number] {
  const [channels, height, width] = input;
  if (input.length !== 3 || channels === undefined || height === undefined || width === undefined) {
    throw new SpecError(path, "an input of shape [channels, height, width]", input);
  }
  return [channels, height, width];
}
