/**
 * PyTorch's SGD: g += weightDecay * w; v = momentum * v + g (the first v = g); w -= learningRate * v.
 *
 * Layouts: all parameters one after another, as vec4s. One invocation: one vec4.
 * Dispatch: (vec4s / 64, surplus over 65535).
 */
export const sgdWgsl = /* wgsl */ `
struct Dims { length4: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> parameter: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> velocity: array<vec4f>;

override MOMENTUM: bool = false;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= dims.length4) { return; }
  var update = fma(vec4f(run.weightDecay), parameter[i], run.gradientUnscale * gradient[i]);
  if (MOMENTUM) {
    if (run.firstStep == 0u) { update = fma(vec4f(run.momentum), velocity[i], update); }
    velocity[i] = update;
  }
  parameter[i] = fma(vec4f(-run.learningRate), update, parameter[i]);
}
`;
