import type { Size2d } from "@nin/spec";
import type { PoolDims } from "../kernels/pool/windows.js";
import type { Value } from "./value.js";

/** A window that slides over an image. */
export interface Window {
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Size2d;
  readonly ceilMode?: boolean;
}

/**
 * How many windows there are along height and width. With `ceilMode` a last one may run past the
 * padded input if it starts inside the input or its left padding (PyTorch's rule).
 */
export function windowCounts(
  [height, width]: readonly [number, number],
  window: Window,
): readonly [number, number] {
  return [count(height, window, 0), count(width, window, 1)];
}

function count(extent: number, { kernelSize, stride, padding, ceilMode }: Window, axis: 0 | 1): number {
  const steps = (extent + 2 * padding[axis] - kernelSize[axis]) / stride[axis];
  if (ceilMode !== true) return Math.floor(steps) + 1;
  const last = Math.ceil(steps);
  return last * stride[axis] < extent + padding[axis] ? last + 1 : last;
}

/** The dimensions of a pool over an image, and its output's shape. */
export function poolGeometry(
  window: Window,
  input: Value,
): { readonly dims: PoolDims; readonly outputShape: Omit<Value, "tensor"> } {
  const extents = [input.height, input.width] as const;
  const [height, width] = windowCounts(extents, window);
  const dims = {
    stride: input.stride,
    input: extents,
    output: [height, width] as const,
    kernelSize: window.kernelSize,
    step: window.stride,
    padding: window.padding,
  };
  return {
    dims,
    outputShape: { channels: input.channels, height, width, stride: input.stride, flat: false },
  };
}
