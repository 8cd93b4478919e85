import { averageOver } from "./avg-pool2d.js";
import type { LayerNode, NetworkBuilder } from "./network-builder.js";
import type { Value } from "./value.js";

/** The mean of each channel: an average over one window, the whole image. */
export function globalAvgPool2d(builder: NetworkBuilder, name: string, input: Value): LayerNode {
  const kernelSize = [input.height, input.width] as const;
  return averageOver(builder, { kernelSize, stride: [1, 1], padding: [0, 0] }, name, input);
}
