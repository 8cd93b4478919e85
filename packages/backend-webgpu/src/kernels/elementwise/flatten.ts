import type { Command, Kernel, Operand } from "../../program/command.js";
import { flatWorkgroups } from "../../program/command.js";
import { stepUniformsWgsl } from "../step-uniforms.wgsl.js";
import { flattenWgsl } from "./flatten.wgsl.js";

const kernel: Kernel = { name: "flatten", code: stepUniformsWgsl + flattenWgsl, bindings: ["read", "write"] };

/** An image's layout and that of its features. */
export interface FlattenDims {
  readonly channels: number;
  readonly stride: number;
  readonly pixels: number;
  readonly featureStride: number;
}

export function flatten(
  dims: FlattenDims,
  direction: "forward" | "backward",
  input: Operand,
  result: Operand,
): Command {
  const { channels, stride, pixels, featureStride } = dims;
  const written = direction === "forward" ? featureStride : pixels * stride;
  return {
    kernel,
    constants: { BACKWARD: Number(direction === "backward") },
    dims: [channels, stride, pixels, featureStride],
    operands: [input, result],
    workgroups: (images) => flatWorkgroups(images * written),
  };
}
