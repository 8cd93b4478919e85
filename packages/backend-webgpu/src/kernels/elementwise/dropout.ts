import { type Command, flatWorkgroups, floatBits, type Kernel, type Operand } from "../../program/command.js";
import { stepUniformsWgsl } from "../step-uniforms.wgsl.js";
import { dropoutApplyWgsl } from "./dropout-apply.wgsl.js";
import { dropoutMaskWgsl } from "./dropout-mask.wgsl.js";
import { philoxWgsl } from "./philox.wgsl.js";

const maskKernel: Kernel = {
  name: "dropout-mask",
  code: stepUniformsWgsl + philoxWgsl + dropoutMaskWgsl,
  bindings: ["write"],
};
const applyKernel: Kernel = {
  name: "dropout-apply",
  code: stepUniformsWgsl + dropoutApplyWgsl,
  bindings: ["read", "read", "write"],
};

/** Words that a micro-batch's mask takes: its units may begin in the middle of one. */
export function maskWords(imageUnits: number, images: number): number {
  return Math.ceil((imageUnits * images) / 32) + 1;
}

/** Draws the mask of a dropout at `position` of the architecture's layers. */
export function dropoutMask(
  mask: { readonly imageUnits: number; readonly threshold: number; readonly layerIndex: number },
  kept: Operand,
): Command {
  return {
    kernel: maskKernel,
    dims: [mask.imageUnits, mask.threshold, mask.layerIndex],
    operands: [kept],
    workgroups: (images) => flatWorkgroups(maskWords(mask.imageUnits, images)),
  };
}

/** Drops units, or the gradients of units that were dropped. */
export function dropoutApply(
  dims: {
    readonly channels: number;
    readonly stride: number;
    readonly pixels: number;
    readonly scale: number;
  },
  operands: { readonly input: Operand; readonly kept: Operand; readonly result: Operand },
): Command {
  const channels4 = dims.stride / 4;
  return {
    kernel: applyKernel,
    dims: [dims.channels, channels4, dims.pixels, floatBits(dims.scale)],
    operands: [operands.input, operands.kept, operands.result],
    workgroups: (images) => flatWorkgroups(images * dims.pixels * channels4),
  };
}
