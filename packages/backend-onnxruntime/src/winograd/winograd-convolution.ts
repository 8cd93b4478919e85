import type { Size2d } from "@nin/spec";
import type { Convolution, ConvolutionProgram } from "../convolution/convolution.js";
import { add } from "../graph/arithmetic.js";
import { matrixConstant, transposed } from "../graph/constant-matrix.js";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { reshape } from "../graph/layout.js";
import { matMul } from "../graph/matmul.js";
import { fromHwnc, toHwnc } from "../layouts/feature-map.js";
import { transformInput, transformInputGradient } from "./input-transform.js";
import { transformOutput, transformOutputGradient } from "./output-transform.js";
import { ofGroup, planWinograd, type TiledGroup, type WinogradPlan } from "./plan.js";

/**
 * A stride-1 convolution by Winograd's minimal filtering, written as plain products. The
 * transformed input is kept for the weight's gradient.
 */
export function winogradConvolution(task: Convolution, tile: Size2d): ConvolutionProgram {
  const { context, input, name, kernelSize, outChannels } = task;
  const { body, prologue } = context;
  const plan = planWinograd(task, tile);
  const weight = context.parameter(`${name}.weight`, [...kernelSize, plan.image.channels, outChannels]);
  const weights = plan.groups.map((group) => transformWeight(prologue, plan, group, weight));
  const inputs = transformInput(body, plan, toHwnc(body, input));
  const products = inputs.map((value, index) => matMul(body, value, ofGroup(weights, index)));
  return {
    output: transformOutput(body, plan, products),
    backward(outputGradient, wantsInputGradient) {
      const gradients = transformOutputGradient(body, plan, outputGradient);
      const weightGradients = plan.groups.map((group, index) => {
        const product = matMul(body, ofGroup(inputs, index), ofGroup(gradients, index), { a: true });
        return transformWeightGradient(body, plan, group, product);
      });
      context.gradient(
        `${name}.weight`,
        weightGradients.reduce((sum, part) => add(body, sum, part)),
      );
      if (!wantsInputGradient) return undefined;
      const inputGradients = gradients.map((gradient, index) =>
        matMul(body, gradient, ofGroup(weights, index), { b: true }),
      );
      return fromHwnc(body, transformInputGradient(body, plan, inputGradients), input.layout);
    },
  };
}

/** [kernelHeight, kernelWidth, in, out] to [rowPoints * products, in, out]. */
function transformWeight(graph: GraphBuilder, plan: WinogradPlan, group: TiledGroup, weight: Value): Value {
  const { kernelSize, outChannels, image } = plan;
  const flat = reshape(graph, weight, [kernelSize[0] * kernelSize[1], image.channels * outChannels]);
  const factors = matMul(graph, matrixConstant(graph, group.weight), flat);
  return reshape(graph, factors, [group.weight.length, image.channels, outChannels]);
}

/** [rowPoints * products, in, out] to [kernelHeight, kernelWidth, in, out]. */
function transformWeightGradient(
  graph: GraphBuilder,
  plan: WinogradPlan,
  group: TiledGroup,
  gradient: Value,
): Value {
  const { kernelSize, outChannels, image } = plan;
  const flat = reshape(graph, gradient, [group.weight.length, image.channels * outChannels]);
  const taps = matMul(graph, matrixConstant(graph, transposed(group.weight)), flat);
  return reshape(graph, taps, [...kernelSize, image.channels, outChannels]);
}
