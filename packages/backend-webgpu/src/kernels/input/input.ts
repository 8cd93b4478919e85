import type { ImageFormat } from "@nin/backend";
import type { Command, Kernel, Operand } from "../../program/command.js";
import { flatWorkgroups } from "../../program/command.js";
import { stepUniformsWgsl } from "../step-uniforms.wgsl.js";
import { gatherLabelsWgsl } from "./gather-labels.wgsl.js";
import { packInputWgsl } from "./pack-input.wgsl.js";
import { preprocessWgsl } from "./preprocess.wgsl.js";

const preprocessKernel: Kernel = {
  name: "preprocess",
  code: stepUniformsWgsl + preprocessWgsl,
  bindings: ["read", "read", "read", "read", "read", "write"],
};
const packKernel: Kernel = {
  name: "pack-input",
  code: stepUniformsWgsl + packInputWgsl,
  bindings: ["read", "write"],
};
const labelsKernel: Kernel = {
  name: "gather-labels",
  code: stepUniformsWgsl + gatherLabelsWgsl,
  bindings: ["read", "read", "write"],
};

/** The network's input as its first layer reads it. */
export interface InputDims {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly stride: number;
}

/** Images in bytes to inputs; `direct`: the images themselves, not those at indices. */
export function preprocess(
  format: ImageFormat,
  input: InputDims,
  taps: { readonly y: number; readonly x: number },
  operands: {
    readonly images: Operand;
    readonly indices: Operand;
    readonly starts: Operand;
    readonly coefficients: Operand;
    readonly values: Operand;
    readonly result: Operand;
  },
  options: { readonly direct: boolean },
): Command {
  const { channels, height, width, stride } = input;
  return {
    kernel: preprocessKernel,
    constants: { DIRECT: Number(options.direct) },
    dims: [format.channels, format.height, format.width, channels, height, width, stride, taps.y, taps.x],
    operands: [
      operands.images,
      operands.indices,
      operands.starts,
      operands.coefficients,
      operands.values,
      operands.result,
    ],
    workgroups: (images) => flatWorkgroups(images * height * width),
  };
}

/** NCHW floats to rows of channels. */
export function packInput(input: InputDims, from: Operand, result: Operand): Command {
  const pixels = input.height * input.width;
  return {
    kernel: packKernel,
    dims: [input.channels, pixels, input.stride],
    operands: [from, result],
    workgroups: (images) => flatWorkgroups(images * pixels * input.stride),
  };
}

/** The labels at a batch's indices. */
export function gatherLabels(all: Operand, indices: Operand, labels: Operand): Command {
  return {
    kernel: labelsKernel,
    dims: [0],
    operands: [all, indices, labels],
    workgroups: (images) => flatWorkgroups(images),
  };
}
