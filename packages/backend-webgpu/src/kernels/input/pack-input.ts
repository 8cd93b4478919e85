import { uniformStruct } from "../../device/uniform-struct.js";
import type { Command, Operand } from "../../program/command.js";
import { command, flatWorkgroups, kernel, NO_DIMS } from "../kernel.js";

/** The network's input as its first layer reads it. */
export interface InputDims {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Floats of a pixel. */
  readonly stride: number;
}

const packDims = uniformStruct({ channels: "u32", pixels: "u32", stride: "u32" });

/**
 * Turns NCHW images into rows of channels, zeros past the last channel.
 *
 * Layouts: input [images, channels, pixels]; result [images, pixels, stride].
 * One invocation: one element of the result. Dispatch: (its length / 64, surplus over 65535).
 */
const packInputWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let pixel = i / dims.stride;
  let image = pixel / dims.pixels;
  if (image >= uniforms.imageCount) { return; }
  let channel = i % dims.stride;
  let start = (image * dims.channels + channel) * dims.pixels + pixel % dims.pixels;
  result[i] = select(0f, input[start], channel < dims.channels);
}
`;

/**
 * labels[n] = those of the data set's images at this micro-batch's indices.
 *
 * One invocation: one image. Dispatch: (images / 64).
 */
const gatherLabelsWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> all: array<u32>;
@group(0) @binding(3) var<storage, read> indices: array<u32>;
@group(0) @binding(4) var<storage, read_write> labels: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < uniforms.imageCount) { labels[id.x] = all[indices[uniforms.firstImage + id.x]]; }
}
`;

const packKernel = kernel({ name: "pack-input", dims: packDims, code: [packInputWgsl] });
const labelsKernel = kernel({ name: "gather-labels", dims: NO_DIMS, code: [gatherLabelsWgsl] });

/** NCHW floats to rows of channels. */
export function packInput(
  { channels, height, width, stride }: InputDims,
  operands: { readonly input: Operand; readonly result: Operand },
): Command {
  const pixels = height * width;
  return command({
    kernel: packKernel,
    dims: { channels, pixels, stride },
    operands,
    workgroups: (imageCount) => flatWorkgroups(imageCount * pixels * stride),
  });
}

/** The labels at a batch's indices. */
export function gatherLabels(operands: {
  readonly all: Operand;
  readonly indices: Operand;
  readonly labels: Operand;
}): Command {
  return command({
    kernel: labelsKernel,
    dims: {},
    operands,
    workgroups: (imageCount) => flatWorkgroups(imageCount),
  });
}
