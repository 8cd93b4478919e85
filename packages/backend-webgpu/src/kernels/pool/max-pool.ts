import type { Command, Operand } from "../../program/command.js";
import { isNanWgsl } from "../arithmetic.wgsl.js";
import { kernel } from "../kernel.js";
import { type PoolDims, pool, poolDims, poolWindowsWgsl } from "./windows.js";

/**
 * result[window] = its largest element; largest[window] = where that lies in its image, y * width + x,
 * the first of equal ones. A NaN counts as the largest; the last of several is taken.
 *
 * One invocation: 4 channels of a window. Dispatch: (vec4s of the result / 64, surplus over 65535).
 */
const forwardWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> largest: array<vec4u>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= uniforms.imageCount * dims.outHeight * dims.outWidth * dims.channels4) { return; }
  let place = placeOf(i, dims.outHeight, dims.outWidth);
  let rows = insideOf(place.y, dims.strideY, dims.paddingY, dims.kernelHeight, dims.inHeight);
  let columns = insideOf(place.x, dims.strideX, dims.paddingX, dims.kernelWidth, dims.inWidth);
  let image = place.image * dims.inHeight * dims.inWidth;
  var at = vec4u(u32(rows.x) * dims.inWidth + u32(columns.x));
  var best = input[(image + at.x) * dims.channels4 + place.c];
  for (var y = rows.x; y < rows.y; y++) {
    for (var x = columns.x; x < columns.y; x++) {
      let here = u32(y) * dims.inWidth + u32(x);
      let value = input[(image + here) * dims.channels4 + place.c];
      let larger = ((value > best) & !isNan4(best)) | isNan4(value);
      best = select(best, value, larger);
      at = select(at, vec4u(here), larger);
    }
  }
  result[i] = best;
  largest[i] = at;
}
`;

/**
 * inputGradient[pixel] = the sum of the output's gradients of the windows whose largest element the
 * pixel is. Each pixel looks at the windows that hold it, so no two write to one place.
 *
 * One invocation: 4 channels of a pixel. Dispatch: (vec4s of the input / 64, surplus over 65535).
 */
const backwardWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> outputGradient: array<vec4f>;
@group(0) @binding(3) var<storage, read> largest: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> inputGradient: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= uniforms.imageCount * dims.inHeight * dims.inWidth * dims.channels4) { return; }
  let place = placeOf(i, dims.inHeight, dims.inWidth);
  let rows = windowsOver(place.y, dims.strideY, dims.paddingY, dims.kernelHeight, dims.outHeight);
  let columns = windowsOver(place.x, dims.strideX, dims.paddingX, dims.kernelWidth, dims.outWidth);
  let here = vec4u(place.y * dims.inWidth + place.x);
  var sum = vec4f(0);
  for (var y = rows.x; y < rows.y; y++) {
    for (var x = columns.x; x < columns.y; x++) {
      let window = (place.image * dims.outHeight + u32(y)) * dims.outWidth + u32(x);
      let at = window * dims.channels4 + place.c;
      sum += select(vec4f(0), outputGradient[at], largest[at] == here);
    }
  }
  inputGradient[i] = sum;
}
`;

const forward = kernel({
  name: "max-pool-forward",
  dims: poolDims,
  code: [poolWindowsWgsl, isNanWgsl, forwardWgsl],
});
const backward = kernel({
  name: "max-pool-backward",
  dims: poolDims,
  code: [poolWindowsWgsl, backwardWgsl],
});

/** The largest of each window, and where it lies. */
export function maxPoolForward(
  dims: PoolDims,
  operands: { readonly input: Operand; readonly result: Operand; readonly largest: Operand },
): Command {
  return pool(forward, dims, dims.output, operands);
}

/** The gradient by the input. */
export function maxPoolBackward(
  dims: PoolDims,
  operands: { readonly outputGradient: Operand; readonly largest: Operand; readonly inputGradient: Operand },
): Command {
  return pool(backward, dims, dims.input, operands);
}
