import type { Linear } from "@nin/spec";
import { convolve } from "./convolve.js";
import type { LayerNode, NetworkBuilder } from "./network-builder.js";
import type { Value } from "./value.js";

/** A linear layer: a convolution over images of one pixel. */
export function linear(builder: NetworkBuilder, layer: Linear, name: string, input: Value): LayerNode {
  return convolve(builder, {
    name,
    input,
    output: { channels: layer.outFeatures, height: 1, width: 1, flat: true },
    kernelSize: [1, 1],
    stride: [1, 1],
    padding: [0, 0],
    bias: layer.bias,
    relu: false,
    weightShape: [layer.outFeatures, input.channels],
  });
}
