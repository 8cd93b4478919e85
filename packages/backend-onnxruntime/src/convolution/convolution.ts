import type { Conv2d, Size2d } from "@nin/spec";
import type { Value } from "../graph/graph-builder.js";
import type { LayerContext } from "../layers/layer-program.js";
import { type FeatureMap, imageExtents } from "../layouts/feature-map.js";
import { winogradConvolution } from "../winograd/winograd-convolution.js";
import { chooseFormulation } from "./choose-formulation.js";
import { im2colConvolution } from "./im2col-convolution.js";
import { pointwiseConvolution } from "./pointwise-convolution.js";

/** A convolution without its bias, to be written into a graph. */
export interface Convolution {
  readonly context: LayerContext;
  readonly input: FeatureMap;
  /** The layer's name: its weight is `<name>.weight`, inside graphs [kernelHeight, kernelWidth, in, out]. */
  readonly name: string;
  readonly outChannels: number;
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Size2d;
}

/** A convolution written into a graph, and how to write its backward pass. */
export interface ConvolutionProgram {
  /** [height, width, images, outChannels]. */
  readonly output: Value;
  /** Writes the gradient of the weight and, when it is wanted, that of the input, in the input's layout. */
  backward(outputGradient: Value, wantsInputGradient: boolean): Value | undefined;
}

/** Writes a convolution in the formulation that is estimated to be fastest for its shape. */
export function convolution(
  context: LayerContext,
  name: string,
  layer: Conv2d,
  input: FeatureMap,
): ConvolutionProgram {
  const { outChannels, kernelSize, stride, padding } = layer;
  const task: Convolution = { context, input, name, outChannels, kernelSize, stride, padding };
  const shape = { ...imageExtents(input), outChannels, kernelSize, stride, padding };
  const choice = chooseFormulation(shape, context.body.dialect.convolution);
  switch (choice.kind) {
    case "pointwise":
      return pointwiseConvolution(task);
    case "im2col":
      return im2colConvolution(task);
    case "winograd":
      return winogradConvolution(task, choice);
  }
}
