import { at, type Linear, present } from "@nin/spec";
import { type Tensor64, tensor64 } from "../tensors/tensor64.js";
import type { LayerGradients, LayerMath, LayerOperands, LayerParameters, LayerValues } from "./layer-math.js";

/** `y[n,o] = bias[o] + sum over i of weight[o,i] * x[n,i]`. Shapes: input [N, in], weight [out, in], output [N, out]. */
export const linear: LayerMath<Linear> = { allocate, forward, backward };

function allocate(layer: Linear, input: Tensor64): LayerParameters {
  const inFeatures = at(input.shape, 1);
  const weight = tensor64([layer.outFeatures, inFeatures]);
  return layer.bias ? { weight, bias: tensor64([layer.outFeatures]) } : { weight };
}

export function forward(layer: Linear, input: Tensor64, operands: LayerOperands): Tensor64 {
  const { batch, inFeatures } = matrixExtents(input);
  const weight = weightOf(operands);
  const { bias } = operands;
  const output = tensor64([batch, layer.outFeatures]);
  for (let n = 0; n < batch; n += 1) {
    for (let o = 0; o < layer.outFeatures; o += 1) {
      let sum = bias === undefined ? 0 : present(bias.data[o]);
      for (let i = 0; i < inFeatures; i += 1) {
        sum += Number(weight.data[o * inFeatures + i]) * Number(input.data[n * inFeatures + i]);
      }
      output.data[n * layer.outFeatures + o] = sum;
    }
  }
  return output;
}

export function backward(
  layer: Linear,
  outputGradient: Tensor64,
  { input }: LayerValues,
  operands: LayerOperands,
): LayerGradients {
  const { batch, inFeatures } = matrixExtents(input);
  const weight = weightOf(operands);
  const inputGradient = tensor64(input.shape);
  const weightGradient = tensor64(weight.shape);
  const biasGradient = tensor64([layer.outFeatures]);
  for (let n = 0; n < batch; n += 1) {
    for (let o = 0; o < layer.outFeatures; o += 1) {
      const g = present(outputGradient.data[n * layer.outFeatures + o]);
      biasGradient.data[o] = present(biasGradient.data[o]) + g;
      for (let i = 0; i < inFeatures; i += 1) {
        const w = o * inFeatures + i;
        const x = n * inFeatures + i;
        weightGradient.data[w] = Number(weightGradient.data[w]) + g * Number(input.data[x]);
        inputGradient.data[x] = Number(inputGradient.data[x]) + g * Number(weight.data[w]);
      }
    }
  }
  const gradients = { input: inputGradient, weight: weightGradient };
  return operands.bias === undefined ? gradients : { ...gradients, bias: biasGradient };
}

function matrixExtents({ shape }: Tensor64): { readonly batch: number; readonly inFeatures: number } {
  return { batch: at(shape, 0), inFeatures: at(shape, 1) };
}

function weightOf({ weight }: LayerOperands): Tensor64 {
  if (weight === undefined) throw new RangeError("linear: expected a weight");
  return weight;
}
