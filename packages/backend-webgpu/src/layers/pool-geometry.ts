import type { PoolDims } from "../kernels/pool/pool.js";
import type { Value } from "./value.js";
import { type Window, windowCounts } from "./window.js";

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
