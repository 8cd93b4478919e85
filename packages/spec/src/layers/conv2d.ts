import { at } from "../reading/present.js";
import type { LayerKind, Size2d, SizeField } from "./layer-kind.js";
import { elementCount } from "./tensor.js";
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

/** What an author writes of a convolution. */
export interface Conv2dFields {
  readonly outChannels: number;
  readonly kernelSize: SizeField;
  /** 1 by default. */
  readonly stride?: SizeField;
  /** Zeros on each side; 0 by default. */
  readonly padding?: SizeField;
  /** `true` by default. */
  readonly bias?: boolean;
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
    const inChannels = at(input, 0);
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
    return elementCount(output) * at(input, 0) * layer.kernelSize[0] * layer.kernelSize[1];
  },
};
