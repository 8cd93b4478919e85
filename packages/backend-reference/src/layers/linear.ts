import type { Linear } from "@nin/spec";
import { type Tensor64, tensor64 } from "../tensors/tensor64.js";
import type { LayerGradients, LayerMath, LayerOperands, LayerParameters, LayerValues } from "./layer-math.js";

/** `y[n,o] = bias[o] + sum over i of weight[o,i] * x[n,i]`. Shapes: input [N, in], weight [out, in], output [N, out]. */
export const linear: LayerMath<Linear> = { allocate, forward, backward };

function allocate(layer: Linear, input: Tensor64): LayerParameters {
  const [, inFeatures = 0] = input.shape;
  const weight = tensor64([layer.outFeatures, inFeatures]);
  return layer.bias ? { weight, bias: tensor64([layer.outFeatures]) } : { weight };
}

export function forward(layer: Linear, input: Tensor64, operands: LayerOperands): Tensor64 {
  const [batch = 0, inFeatures = 0] = input.shape;
  const weight = weightOf(operands);
  const output = tensor64([batch, layer.outFeatures]);
  for (let n = 0; n < batch; n += 1) {
    for (let o = 0; o < layer.outFeatures; o += 1) {
      let sum = operands.bias?.data[o] ?? 0;
      for (let i = 0; i < inFeatures; i += 1) {
        sum += (weight.data[o * inFeatures + i] ?? 0) * (input.data[n * inFeatures + i] ?? 0);
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
  const [batch = 0, inFeatures = 0] = input.shape;
  const weight = weightOf(operands);
  const inputGradient = tensor64(input.shape);
  const weightGradient = tensor64(weight.shape);
  const biasGradient = tensor64([layer.outFeatures]);
  for (let n = 0; n < batch; n += 1) {
    for (let o = 0; o < layer.outFeatures; o += 1) {
      const g = outputGradient.data[n * layer.outFeatures + o] ?? 0;
      biasGradient.data[o] = (biasGradient.data[o] ?? 0) + g;
      for (let i = 0; i < inFeatures; i += 1) {
        const w = o * inFeatures + i;
        const x = n * inFeatures + i;
        weightGradient.data[w] = (weightGradient.data[w] ?? 0) + g * (input.data[x] ?? 0);
        inputGradient.data[x] = (inputGradient.data[x] ?? 0) + g * (weight.data[w] ?? 0);
      }
    }
  }
  const gradients = { input: inputGradient, weight: weightGradient };
  return operands.bias === undefined ? gradients : { ...gradients, bias: biasGradient };
}

function weightOf({ weight }: LayerOperands): Tensor64 {
  if (weight === undefined) throw new RangeError("linear: expected a weight");
  return weight;
}
