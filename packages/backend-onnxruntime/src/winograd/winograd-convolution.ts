import { at } from "@nin/spec";
import type { Convolution, ConvolutionProgram } from "../convolution/convolution.js";
import { add } from "../graph/arithmetic.js";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { reshape } from "../graph/layout.js";
import { matMul, matrixConstant, transposeMatrix } from "../graph/matmul.js";
import { fromHwnc, toHwnc } from "../layouts/feature-map.js";
import { transformInput, transformInputGradient } from "./input-transform.js";
import { transformOutput, transformOutputGradient } from "./output-transform.js";
import { planWinograd, type TiledGroup, type WinogradPlan, type WinogradTiling } from "./plan.js";

/**
 * A stride-1 convolution by Winograd's minimal filtering, written with ordinary operators: input, weight and output
 * transforms, with one batched `MatMul` a group of points in between. The transformed input is kept for the weight's
 * gradient.
 */
export function winogradConvolution(task: Convolution, tiling: WinogradTiling): ConvolutionProgram {
  const { context, input, name, kernelSize, outChannels } = task;
  const { body, prologue } = context;
  const plan = planWinograd(task, tiling);
  const weight = context.parameter(`${name}.weight`, [...kernelSize, plan.image.channels, outChannels]);
  const transformedWeights = plan.groups.map((group) => transformWeight(prologue, plan, group, weight));
  const transformedInputs = transformInput(body, plan, toHwnc(body, input));
  const transformedOutputs = transformedInputs.map((value, index) =>
    matMul(body, value, at(transformedWeights, index)),
  );
  return {
    output: transformOutput(body, plan, transformedOutputs),
    backward(outputGradient, wantsInputGradient) {
      const gradients = transformOutputGradient(body, plan, outputGradient);
      context.gradient(`${name}.weight`, () =>
        plan.groups
          .map((group, index) => {
            const gradient = matMul(body, at(transformedInputs, index), at(gradients, index), { a: true });
            return transformWeightGradient(body, plan, group, gradient);
          })
          .reduce((sum, part) => add(body, sum, part)),
      );
      if (!wantsInputGradient) return undefined;
      const inputGradients = gradients.map((gradient, index) =>
        matMul(body, gradient, at(transformedWeights, index), { b: true }),
      );
      return fromHwnc(body, transformInputGradient(body, plan, inputGradients), input.layout);
    },
  };
}

/**
 * The weight transform.
 *
 * @param weight [kernelHeight, kernelWidth, in, out]
 * @returns [rowPoints * multiplications, in, out]
 */
function transformWeight(graph: GraphBuilder, plan: WinogradPlan, group: TiledGroup, weight: Value): Value {
  const { kernelSize, outChannels, image } = plan;
  const flat = reshape(graph, weight, [kernelSize[0] * kernelSize[1], image.channels * outChannels]);
  const transformed = matMul(graph, matrixConstant(graph, group.weight), flat);
  return reshape(graph, transformed, [group.weight.length, image.channels, outChannels]);
}

/**
 * The transpose of the weight transform.
 *
 * @param gradient [rowPoints * multiplications, in, out]
 * @returns [kernelHeight, kernelWidth, in, out]
 */
function transformWeightGradient(
  graph: GraphBuilder,
  plan: WinogradPlan,
  group: TiledGroup,
  gradient: Value,
): Value {
  const { kernelSize, outChannels, image } = plan;
  const flat = reshape(graph, gradient, [group.weight.length, image.channels * outChannels]);
  const taps = matMul(graph, matrixConstant(graph, transposeMatrix(group.weight)), flat);
  return reshape(graph, taps, [...kernelSize, image.channels, outChannels]);
}
