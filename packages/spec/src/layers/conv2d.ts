import type { LayerKind, Size2d } from "./layer-kind.js";
import { imageShape, windowCount } from "./window.js";

/** Cross-correlation with zero padding: `y = x * weight + bias`. */
export interface Conv2d {
  readonly kind: "conv2d";
  readonly outChannels: number;
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Size2d;
  readonly bias: boolean;
}

export const conv2d: LayerKind<Conv2d> = {
  kind: "conv2d",
  parse: (fields) => ({
    kind: "conv2d",
    outChannels: fields.positiveInteger("outChannels"),
    kernelSize: fields.size("kernelSize"),
    stride: fields.size("stride", [1, 1]),
    padding: fields.padding("padding"),
    bias: fields.boolean("bias", true),
  }),
  outputShape(layer, input, path) {
    const [, height, width] = imageShape(input, path);
    return [
      layer.outChannels,
      windowCount(height, layer, 0, false, `${path}.kernelSize`),
      windowCount(width, layer, 1, false, `${path}.kernelSize`),
    ];
  },
  parameters(layer, input) {
    const [inChannels = 0] = input;
    const [kernelHeight, kernelWidth] = layer.kernelSize;
    const fanIn = inChannels * kernelHeight * kernelWidth;
    const fanOut = layer.outChannels * kernelHeight * kernelWidth;
    const shape = [layer.outChannels, inChannels, kernelHeight, kernelWidth];
    return [
      { role: "weight", shape, fanIn, fanOut },
      ...(layer.bias ? [{ role: "bias" as const, shape: [layer.outChannels], fanIn, fanOut }] : []),
    ];
  },
  macs(layer, input, output) {
    const [inChannels = 0] = input;
    const [outChannels = 0, height = 0, width = 0] = output;
    return outChannels * height * width * inChannels * layer.kernelSize[0] * layer.kernelSize[1];
  },
};
