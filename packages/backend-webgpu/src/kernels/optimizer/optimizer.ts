import { at, type Optimizer } from "@nin/spec";
import { uniformStruct } from "../../device/uniform-struct.js";
import type { Command, Operand } from "../../program/command.js";
import { command, flatWorkgroups, kernel } from "../kernel.js";

const updateDims = uniformStruct({
  /** vec4s of all parameters. */
  length4: "u32",
});

/**
 * PyTorch's SGD: g += weightDecay * w; v = momentum * v + g (the first v = g); w -= learningRate * v.
 *
 * Layouts: all parameters one after another, as vec4s. One invocation: one vec4.
 * Dispatch: (vec4s / 64, surplus over 65535).
 */
const sgdWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> parameter: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> velocity: array<vec4f>;

override MOMENTUM: bool = false;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= dims.length4) { return; }
  var update = fma(vec4f(uniforms.weightDecay), parameter[i], uniforms.gradientUnscale * gradient[i]);
  if (MOMENTUM) {
    if (uniforms.firstStep == 0u) { update = fma(vec4f(uniforms.momentum), velocity[i], update); }
    velocity[i] = update;
  }
  parameter[i] = fma(vec4f(-uniforms.learningRate), update, parameter[i]);
}
`;

/**
 * PyTorch's AdamW: w *= 1 - learningRate * weightDecay; m = beta1 * m + (1 - beta1) * g;
 * v = beta2 * v + (1 - beta2) * g * g; w -= stepSize * m / (sqrt(v) / secondCorrection + epsilon).
 *
 * Layouts: all parameters one after another, as vec4s. One invocation: one vec4.
 * Dispatch: (vec4s / 64, surplus over 65535).
 */
const adamwWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> parameter: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> moment1: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> moment2: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= dims.length4) { return; }
  let g = uniforms.gradientUnscale * gradient[i];
  let m = fma(vec4f(uniforms.momentum), moment1[i], uniforms.blend1 * g);
  let v = fma(vec4f(uniforms.beta2), moment2[i], uniforms.blend2 * g * g);
  moment1[i] = m;
  moment2[i] = v;
  let w = parameter[i];
  let decayed = fma(vec4f(-uniforms.weightDecay), w, w);
  parameter[i] = decayed - uniforms.stepSize * m / (sqrt(v) / uniforms.secondCorrection + uniforms.epsilon);
}
`;

const sgdKernel = kernel({ name: "sgd", dims: updateDims, code: [sgdWgsl] });
const adamwKernel = kernel({ name: "adamw", dims: updateDims, code: [adamwWgsl] });

/** One update of `length` parameters; `state`: the velocity, or both moments. */
export function updateParameters(
  optimizer: Optimizer,
  length: number,
  operands: { readonly gradient: Operand; readonly parameter: Operand; readonly state: readonly Operand[] },
): Command {
  const { gradient, parameter, state } = operands;
  const length4 = length / 4;
  const update = { dims: { length4 }, workgroups: () => flatWorkgroups(length4) };
  if (optimizer.kind === "sgd") {
    return command({
      ...update,
      kernel: sgdKernel,
      constants: { MOMENTUM: Number(optimizer.momentum > 0) },
      operands: { gradient, parameter, velocity: at(state, 0) },
    });
  }
  return command({
    ...update,
    kernel: adamwKernel,
    operands: { gradient, parameter, moment1: at(state, 0), moment2: at(state, 1) },
  });
}
