import { uniformStruct } from "../../device/uniform-struct.js";
import type { Command, Operand } from "../../program/command.js";
import { command, flatWorkgroups, kernel } from "../kernel.js";

/** An image's layout and that of its features. */
export interface FlattenDims {
  readonly channels: number;
  readonly stride: number;
  readonly pixels: number;
  readonly featureStride: number;
}

const flattenDims = uniformStruct({ channels: "u32", stride: "u32", pixels: "u32", featureStride: "u32" });

/**
 * Between an image and its features in row-major NCHW order.
 *
 * Layouts: image [images, pixels, stride]; features [images, featureStride], zeros past the last.
 * One invocation: one element of the result, that of BACKWARD the image's.
 * Dispatch: (elements of the result / 64, surplus over 65535).
 */
const flattenWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

override BACKWARD: bool = false;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (BACKWARD) {
    let pixel = i / dims.stride;
    let channel = i % dims.stride;
    let image = pixel / dims.pixels;
    if (image >= uniforms.imageCount) { return; }
    let feature = channel * dims.pixels + pixel % dims.pixels;
    result[i] = select(0f, input[image * dims.featureStride + feature], channel < dims.channels);
  } else {
    let image = i / dims.featureStride;
    if (image >= uniforms.imageCount) { return; }
    let feature = i % dims.featureStride;
    let channel = feature / dims.pixels;
    let pixel = image * dims.pixels + feature % dims.pixels;
    result[i] = select(0f, input[pixel * dims.stride + channel], channel < dims.channels);
  }
}
`;

const flattenKernel = kernel({ name: "flatten", dims: flattenDims, code: [flattenWgsl] });

/** An image to its features, or features' gradient to the image's. */
export function flatten(
  dims: FlattenDims,
  direction: "forward" | "backward",
  operands: { readonly input: Operand; readonly result: Operand },
): Command {
  const { stride, pixels, featureStride } = dims;
  const written = direction === "forward" ? featureStride : pixels * stride;
  return command({
    kernel: flattenKernel,
    constants: { BACKWARD: Number(direction === "backward") },
    dims,
    operands,
    workgroups: (imageCount) => flatWorkgroups(imageCount * written),
  });
}
