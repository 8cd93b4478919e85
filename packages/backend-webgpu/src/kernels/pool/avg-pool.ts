import type { Command, Operand } from "../../program/command.js";
import { divideWgsl } from "../arithmetic.wgsl.js";
import { kernel } from "../kernel.js";
import { type PoolDims, pool, poolDims, poolWindowsWgsl } from "./windows.js";

/** How many elements an averaging window has inside the padded input. */
const divisorWgsl = /* wgsl */ `
fn extentOf(index: u32, stride: u32, padding: u32, kernel: u32, extent: u32) -> u32 {
  let start = index * stride;
  return min(start + kernel, extent + 2u * padding) - start;
}

fn elementsOf(y: u32, x: u32) -> u32 {
  return extentOf(y, dims.strideY, dims.paddingY, dims.kernelHeight, dims.inHeight)
    * extentOf(x, dims.strideX, dims.paddingX, dims.kernelWidth, dims.inWidth);
}
`;

/**
 * result[window] = its sum over the number of its elements inside the padded input: zeros of the
 * padding count, what runs past it does not (PyTorch's rule).
 *
 * One invocation: 4 channels of a window. Dispatch: (vec4s of the result / 64, surplus over 65535).
 */
const forwardWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= uniforms.imageCount * dims.outHeight * dims.outWidth * dims.channels4) { return; }
  let place = placeOf(i, dims.outHeight, dims.outWidth);
  let rows = insideOf(place.y, dims.strideY, dims.paddingY, dims.kernelHeight, dims.inHeight);
  let columns = insideOf(place.x, dims.strideX, dims.paddingX, dims.kernelWidth, dims.inWidth);
  var sum = vec4f(0);
  for (var y = rows.x; y < rows.y; y++) {
    for (var x = columns.x; x < columns.y; x++) {
      let pixel = (place.image * dims.inHeight + u32(y)) * dims.inWidth + u32(x);
      sum += input[pixel * dims.channels4 + place.c];
    }
  }
  result[i] = divide4(sum, f32(elementsOf(place.y, place.x)));
}
`;

/**
 * inputGradient[pixel] = the sum over the windows that hold the pixel of the output's gradient over
 * the window's number of elements.
 *
 * One invocation: 4 channels of a pixel. Dispatch: (vec4s of the input / 64, surplus over 65535).
 */
const backwardWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> outputGradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> inputGradient: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= uniforms.imageCount * dims.inHeight * dims.inWidth * dims.channels4) { return; }
  let place = placeOf(i, dims.inHeight, dims.inWidth);
  let rows = windowsOver(place.y, dims.strideY, dims.paddingY, dims.kernelHeight, dims.outHeight);
  let columns = windowsOver(place.x, dims.strideX, dims.paddingX, dims.kernelWidth, dims.outWidth);
  var sum = vec4f(0);
  for (var y = rows.x; y < rows.y; y++) {
    for (var x = columns.x; x < columns.y; x++) {
      let window = (place.image * dims.outHeight + u32(y)) * dims.outWidth + u32(x);
      sum += divide4(outputGradient[window * dims.channels4 + place.c], f32(elementsOf(u32(y), u32(x))));
    }
  }
  inputGradient[i] = sum;
}
`;

const prelude = [poolWindowsWgsl, divideWgsl, divisorWgsl];
const forward = kernel({ name: "avg-pool-forward", dims: poolDims, code: [...prelude, forwardWgsl] });
const backward = kernel({ name: "avg-pool-backward", dims: poolDims, code: [...prelude, backwardWgsl] });

/** The mean of each window. */
export function avgPoolForward(
  dims: PoolDims,
  operands: { readonly input: Operand; readonly result: Operand },
): Command {
  return pool(forward, dims, dims.output, operands);
}

/** The gradient by the input. */
export function avgPoolBackward(
  dims: PoolDims,
  operands: { readonly outputGradient: Operand; readonly inputGradient: Operand },
): Command {
  return pool(backward, dims, dims.input, operands);
}
