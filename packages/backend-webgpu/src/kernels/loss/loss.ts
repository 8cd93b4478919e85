import type { Command, Kernel, Operand } from "../../program/command.js";
import { flatWorkgroups } from "../../program/command.js";
import { divideWgsl } from "../divide.wgsl.js";
import { isNanWgsl } from "../is-nan.wgsl.js";
import { stepUniformsWgsl } from "../step-uniforms.wgsl.js";
import { addLossesWgsl } from "./add-losses.wgsl.js";
import { countPredictionsWgsl } from "./count-predictions.wgsl.js";
import { exponentialWgsl } from "./exponential.wgsl.js";
import { softmaxCrossEntropyWgsl } from "./softmax-cross-entropy.wgsl.js";

const softmaxKernel: Kernel = {
  name: "softmax-cross-entropy",
  code: stepUniformsWgsl + divideWgsl + exponentialWgsl + isNanWgsl + softmaxCrossEntropyWgsl,
  bindings: ["read", "read", "write", "write", "write"],
};
const addLossesKernel: Kernel = {
  name: "add-losses",
  code: stepUniformsWgsl + addLossesWgsl,
  bindings: ["read", "write"],
};
const countPredictionsKernel: Kernel = {
  name: "count-predictions",
  code: stepUniformsWgsl + countPredictionsWgsl,
  bindings: ["read", "read", "write"],
};

/** The loss of each image, its gradient by the scores, and the predicted class. */
export function softmaxCrossEntropy(
  dims: { readonly classes: number; readonly stride: number },
  operands: {
    readonly scores: Operand;
    readonly labels: Operand;
    readonly gradient: Operand;
    readonly losses: Operand;
    readonly predictions: Operand;
  },
): Command {
  const { scores, labels, gradient, losses, predictions } = operands;
  return {
    kernel: softmaxKernel,
    dims: [dims.classes, dims.stride],
    operands: [scores, labels, gradient, losses, predictions],
    workgroups: (images) => flatWorkgroups(images),
  };
}

/** Adds losses to the step's slot. */
export function addLosses(losses: Operand, slots: Operand): Command {
  return { kernel: addLossesKernel, dims: [0], operands: [losses, slots], workgroups: () => [1, 1, 1] };
}

/** Counts predictions by label. */
export function countPredictions(
  classes: number,
  operands: { readonly labels: Operand; readonly predictions: Operand; readonly confusion: Operand },
): Command {
  const { labels, predictions, confusion } = operands;
  return {
    kernel: countPredictionsKernel,
    dims: [classes],
    operands: [labels, predictions, confusion],
    workgroups: () => [1, 1, 1],
  };
}
