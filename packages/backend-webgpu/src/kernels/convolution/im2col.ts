import type { Command, Operand } from "../../program/command.js";
import { command, flatWorkgroups, kernel } from "../kernel.js";
import {
  type ConvolutionDims,
  geometryConstants,
  geometryDims,
  geometryValues,
  geometryWgsl,
  rowsPerImage,
} from "./geometry.js";

/**
 * Writes the window of each of a convolution's output pixels as a row, so that the convolution is a
 * plain matrix product: for images of a few channels, which would fill 8 places badly.
 *
 * Layouts: input [pixels, channels], no padding between pixels; result [rows, columns], column
 * (ky * kernelWidth + kx) * channels + channel, zeros up to a multiple of 8.
 * One invocation: one vec4 of a row. Dispatch: (rows * columns / 4 / 64, its surplus over 65535).
 */
const im2colWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f>;

fn element(row: u32, pixel: Pixel, column: u32) -> f32 {
  let channel = column % dims.inStride;
  let at = column / dims.inStride;
  let ky = at / dims.kernelWidth;
  if (ky >= dims.kernelHeight) { return 0; }
  let source = sourceOf(row, pixel, ky, at % dims.kernelWidth);
  return select(input[source + channel], 0f, source == OUTSIDE);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let row = i / dims.columns4;
  if (row >= uniforms.imageCount * dims.rowsPerImage) { return; }
  let pixel = pixelOf(row);
  let column = (i % dims.columns4) * 4u;
  result[i] = vec4f(
    element(row, pixel, column),
    element(row, pixel, column + 1u),
    element(row, pixel, column + 2u),
    element(row, pixel, column + 3u),
  );
}
`;

const im2colKernel = kernel({ name: "im2col", dims: geometryDims, code: [geometryWgsl, im2colWgsl] });

/** Writes windows as rows: `inStride` are the image's channels, `columns` the padded window's length. */
export function im2col(
  dims: ConvolutionDims,
  operands: { readonly input: Operand; readonly result: Operand },
): Command {
  const imageVectors = (rowsPerImage(dims) * dims.columns) / 4;
  return command({
    kernel: im2colKernel,
    constants: geometryConstants(dims, false),
    dims: geometryValues(dims),
    operands,
    workgroups: (imageCount) => flatWorkgroups(imageCount * imageVectors),
  });
}
