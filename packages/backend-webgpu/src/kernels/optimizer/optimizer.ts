import type { Optimizer } from "@nin/spec";
import type { Command, Kernel, Operand } from "../../program/command.js";
import { flatWorkgroups } from "../../program/command.js";
import { stepUniformsWgsl } from "../step-uniforms.wgsl.js";
import { adamwWgsl } from "./adamw.wgsl.js";
import { sgdWgsl } from "./sgd.wgsl.js";

const sgdKernel: Kernel = {
  name: "sgd",
  code: stepUniformsWgsl + sgdWgsl,
  bindings: ["read", "write", "write"],
};
const adamwKernel: Kernel = {
  name: "adamw",
  code: stepUniformsWgsl + adamwWgsl,
  bindings: ["read", "write", "write", "write"],
};

/** One update of `length` parameters; `state`: the velocity, or both moments. */
export function updateParameters(
  optimizer: Optimizer,
  length: number,
  operands: { readonly gradient: Operand; readonly parameter: Operand; readonly state: readonly Operand[] },
): Command {
  const { gradient, parameter, state } = operands;
  const sgd = optimizer.kind === "sgd";
  return {
    kernel: sgd ? sgdKernel : adamwKernel,
    ...(sgd ? { constants: { MOMENTUM: Number(optimizer.momentum > 0) } } : {}),
    dims: [length / 4],
    operands: [gradient, parameter, ...state],
    workgroups: () => flatWorkgroups(length / 4),
  };
}
