import type { Command, Kernel, Operand } from "../../program/command.js";
import { flatWorkgroups } from "../../program/command.js";
import { stepUniformsWgsl } from "../step-uniforms.wgsl.js";
import { reluBackwardWgsl } from "./relu-backward.wgsl.js";
import { reluForwardWgsl } from "./relu-forward.wgsl.js";

const forward: Kernel = {
  name: "relu-forward",
  code: stepUniformsWgsl + reluForwardWgsl,
  bindings: ["read", "write"],
};
const backward: Kernel = {
  name: "relu-backward",
  code: stepUniformsWgsl + reluBackwardWgsl,
  bindings: ["read", "write"],
};

/** `imageLength`: floats of one image, a multiple of 8. */
export function reluForward(imageLength: number, input: Operand, result: Operand): Command {
  return elementwise(forward, imageLength, [input, result]);
}

/** Masks `gradient` in place by the ReLU's output. */
export function reluBackward(imageLength: number, output: Operand, gradient: Operand): Command {
  return elementwise(backward, imageLength, [output, gradient]);
}

function elementwise(kernel: Kernel, imageLength: number, operands: readonly Operand[]): Command {
  return {
    kernel,
    dims: [imageLength / 4],
    operands,
    workgroups: (images) => flatWorkgroups((images * imageLength) / 4),
  };
}
