import { SpecError } from "../reading/errors.js";
import type { Size2d } from "./layer-kind.js";
import type { Shape } from "./tensor.js";

/** A window that slides over an image: of a convolution or of a pool. */
export interface Window {
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Size2d;
}

/**
 * How many windows fit along one axis: `floor((n + 2p - k)/s) + 1`, or `ceil` with `ceilMode`,
 * where the last window must start inside the input or its left padding (PyTorch's rule). With
 * `ceilMode` a kernel larger than the padded input gives one window, if less than a stride of it runs past.
 *
 * @throws `SpecError` when the kernel is too large for the padded input.
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
  const padded = extent + 2 * padding;
  const room = padded - kernel;
  if (!ceilMode && room < 0) throw new SpecError(path, `at most the padded input's ${padded}`, kernel);
  if (room <= -stride) {
    const most = padded + stride - 1;
    throw new SpecError(
      path,
      `at most ${most}: less than the stride of ${stride} beyond the padded input's ${padded} (ceilMode)`,
      kernel,
    );
  }
  if (!ceilMode) return Math.floor(room / stride) + 1;
  const count = Math.ceil(room / stride) + 1;
  return (count - 1) * stride >= extent + padding ? count - 1 : count;
}

/** @throws `SpecError` when the layer's input is not an image. */
export function imageShape(input: Shape, path: string): readonly [number, number, number] {
  const [channels, height, width] = input;
  if (input.length !== 3 || channels === undefined || height === undefined || width === undefined) {
    throw new SpecError(path, "an input of shape [channels, height, width]", input);
  }
  return [channels, height, width];
}
