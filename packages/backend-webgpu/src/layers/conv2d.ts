import type { Conv2d } from "@nin/spec";
import { convolve } from "./convolve.js";
import type { LayerNode, NetworkBuilder } from "./network-builder.js";
import type { Value } from "./value.js";
import { windowCounts } from "./window.js";

/** A convolution, and the ReLU after it when `relu`. */
export function conv2d(
  builder: NetworkBuilder,
  layer: Conv2d,
  name: string,
  input: Value,
  options: { readonly relu: boolean },
): LayerNode {
  const [height, width] = windowCounts([input.height, input.width], layer);
  return convolve(builder, {
    ...layer,
    name,
    input,
    output: { channels: layer.outChannels, height, width, flat: false },
    relu: options.relu,
    weightShape: [layer.outChannels, input.channels, ...layer.kernelSize],
  });
}
