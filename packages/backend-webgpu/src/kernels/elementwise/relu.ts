import { uniformStruct } from "../../device/uniform-struct.js";
import type { Command, Operand, Operands } from "../../program/command.js";
import { command, flatWorkgroups, kernel } from "../kernel.js";

const reluDims = uniformStruct({
  /** vec4s of one image. */
  imageLength4: "u32",
});

/**
 * result = input where it is above 0 or NaN, else 0.
 *
 * One invocation: one vec4. Dispatch: (vec4s / 64, surplus over 65535).
 */
const forwardWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= uniforms.imageCount * dims.imageLength4) { return; }
  let value = input[i];
  result[i] = select(value, vec4f(0), value <= vec4f(0));
}
`;

/**
 * gradient = 0 where the ReLU's output is 0, in place: its derivative at 0 is 0. At NaN it stays.
 *
 * One invocation: one vec4. Dispatch: (vec4s / 64, surplus over 65535).
 */
const backwardWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> output: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> gradient: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= uniforms.imageCount * dims.imageLength4) { return; }
  gradient[i] = select(gradient[i], vec4f(0), output[i] <= vec4f(0));
}
`;

const forward = kernel({ name: "relu-forward", dims: reluDims, code: [forwardWgsl] });
const backward = kernel({ name: "relu-backward", dims: reluDims, code: [backwardWgsl] });

/** `imageLength`: floats of one image, a multiple of 8. */
export function reluForward(
  imageLength: number,
  operands: { readonly input: Operand; readonly result: Operand },
): Command {
  return elementwise(forward, imageLength, operands);
}

/** Masks `gradient` in place by the ReLU's output. */
export function reluBackward(
  imageLength: number,
  operands: { readonly output: Operand; readonly gradient: Operand },
): Command {
  return elementwise(backward, imageLength, operands);
}

function elementwise(own: typeof forward, imageLength: number, operands: Operands): Command {
  const imageLength4 = imageLength / 4;
  return command({
    kernel: own,
    dims: { imageLength4 },
    operands,
    workgroups: (imageCount) => flatWorkgroups(imageCount * imageLength4),
  });
}
