import type { ConvolveOptions } from "../layers/convolve.js";
import type { Value } from "../layers/value.js";

/** A convolution as far as its fastest kernels depend on it. */
export type ShapedLayer = Pick<ConvolveOptions, "input" | "output" | "kernelSize" | "stride" | "padding">;

/** Its name among tuned ones: `4 x 96x26x26 to 256x26x26 by 5x5/1x1+2x2`, window, stride and padding last. */
export function layerKey(
  { input, output, kernelSize, stride, padding }: ShapedLayer,
  microBatchSize: number,
): string {
  const window = `${kernelSize.join("x")}/${stride.join("x")}+${padding.join("x")}`;
  return `${microBatchSize} x ${extents(input)} to ${extents(output)} by ${window}`;
}

function extents({ channels, height, width }: Pick<Value, "channels" | "height" | "width">): string {
  return `${channels}x${height}x${width}`;
}
