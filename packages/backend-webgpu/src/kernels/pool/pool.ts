import type { Command, Kernel, Operand } from "../../program/command.js";
import { flatWorkgroups } from "../../program/command.js";
import { divideWgsl } from "../divide.wgsl.js";
import { isNanWgsl } from "../is-nan.wgsl.js";
import { stepUniformsWgsl } from "../step-uniforms.wgsl.js";
import { avgPoolBackwardWgsl } from "./avg-pool-backward.wgsl.js";
import { avgPoolDivisorWgsl } from "./avg-pool-divisor.wgsl.js";
import { avgPoolForwardWgsl } from "./avg-pool-forward.wgsl.js";
import { maxPoolBackwardWgsl } from "./max-pool-backward.wgsl.js";
import { maxPoolForwardWgsl } from "./max-pool-forward.wgsl.js";
import { poolDimsWgsl } from "./pool-dims.wgsl.js";

/** The geometry of a pool. */
export interface PoolDims {
  /** Floats of a pixel, a multiple of 8. */
  readonly stride: number;
  readonly input: readonly [number, number];
  readonly output: readonly [number, number];
  readonly kernelSize: readonly [number, number];
  readonly step: readonly [number, number];
  readonly padding: readonly [number, number];
}

const prelude = stepUniformsWgsl + poolDimsWgsl;
const averaging = prelude + divideWgsl + avgPoolDivisorWgsl;

const maxForward: Kernel = {
  name: "max-pool-forward",
  code: prelude + isNanWgsl + maxPoolForwardWgsl,
  bindings: ["read", "write", "write"],
};
const maxBackward: Kernel = {
  name: "max-pool-backward",
  code: prelude + maxPoolBackwardWgsl,
  bindings: ["read", "read", "write"],
};
const avgForward: Kernel = {
  name: "avg-pool-forward",
  code: averaging + avgPoolForwardWgsl,
  bindings: ["read", "write"],
};
const avgBackward: Kernel = {
  name: "avg-pool-backward",
  code: averaging + avgPoolBackwardWgsl,
  bindings: ["read", "write"],
};

/** The largest of each window, and where it lies. */
export function maxPoolForward(dims: PoolDims, input: Operand, result: Operand, largest: Operand): Command {
  return pool(maxForward, dims, dims.output, [input, result, largest]);
}

export function maxPoolBackward(
  dims: PoolDims,
  outputGradient: Operand,
  largest: Operand,
  inputGradient: Operand,
): Command {
  return pool(maxBackward, dims, dims.input, [outputGradient, largest, inputGradient]);
}

/** The mean of each window. */
export function avgPoolForward(dims: PoolDims, input: Operand, result: Operand): Command {
  return pool(avgForward, dims, dims.output, [input, result]);
}

export function avgPoolBackward(dims: PoolDims, outputGradient: Operand, inputGradient: Operand): Command {
  return pool(avgBackward, dims, dims.input, [outputGradient, inputGradient]);
}

function pool(
  kernel: Kernel,
  dims: PoolDims,
  written: readonly [number, number],
  operands: readonly Operand[],
): Command {
  const channels4 = dims.stride / 4;
  return {
    kernel,
    dims: [channels4, ...dims.input, ...dims.output, ...dims.kernelSize, ...dims.step, ...dims.padding],
    operands,
    workgroups: (images) => flatWorkgroups(images * written[0] * written[1] * channels4),
  };
}
