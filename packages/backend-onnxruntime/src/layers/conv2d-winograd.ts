import type { Size2d } from "@nin/spec";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { reshape } from "../graph/layout.js";
import { matMul } from "../graph/products.js";
import type { Convolution, ConvolutionProgram } from "./conv2d.js";
import { fromHwnc, toHwnc } from "./feature-map.js";
import { matrixConstant, transposed } from "./matrix.js";
import { transformInput, transformInputGradient } from "./winograd-input.js";
import { transformOutput, transformOutputGradient } from "./winograd-output.js";
import { planWinograd, type WinogradPlan } from "./winograd-plan.js";

/**
 * A stride-1 convolution by Winograd's minimal filtering, written as plain products. The
 * transformed input is kept for the weight's gradient.
 */
export function winogradConvolution(task: Convolution, tile: Size2d): ConvolutionProgram {
  const { context, input, name, kernelSize, outChannels } = task;
  const { body, prologue } = context;
  const plan = planWinograd(task, tile);
  const weight = context.parameter(`${name}.weight`, [...kernelSize, plan.image.channels, outChannels]);
  const transformedWeight = transformWeight(prologue, plan, weight);
  const transformedInput = transformInput(body, plan, toHwnc(body, input));
  return {
    output: transformOutput(body, plan, matMul(body, transformedInput, transformedWeight)),
    backward(outputGradient, wantsInputGradient) {
      const products = transformOutputGradient(body, plan, outputGradient);
      const weightProducts = matMul(body, transformedInput, products, { a: true });
      const weightGradient = transformWeightGradient(body, plan, weightProducts);
      context.gradient(
        `${name}.weight`,
        reshape(body, weightGradient, [...kernelSize, plan.image.channels, outChannels]),
      );
      if (!wantsInputGradient) return undefined;
      const gradient = matMul(body, products, transformedWeight, { b: true });
      return fromHwnc(body, transformInputGradient(body, plan, gradient), input.layout);
    },
  };
}

/** [kernelHeight, kernelWidth, in, out] to [sizes, in, out]. */
function transformWeight(graph: GraphBuilder, plan: WinogradPlan, weight: Value): Value {
  const { sizes, outChannels, weightTransform } = plan;
  const { channels } = plan.image;
  const taps = weightTransform[0]?.length ?? 0;
  const matrix = matrixConstant(graph, weightTransform);
  const flat = reshape(graph, weight, [taps, channels * outChannels]);
  return reshape(graph, matMul(graph, matrix, flat), [sizes, channels, outChannels]);
}

/** [sizes, in, out] to [kernelHeight * kernelWidth, in * out]. */
function transformWeightGradient(graph: GraphBuilder, plan: WinogradPlan, gradient: Value): Value {
  const { sizes, outChannels, weightTransform } = plan;
  const matrix = matrixConstant(graph, transposed(weightTransform));
  return matMul(graph, matrix, reshape(graph, gradient, [sizes, plan.image.channels * outChannels]));
}
