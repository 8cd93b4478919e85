/**
 * PyTorch's AdamW: w *= 1 - learningRate * weightDecay; m = beta1 * m + (1 - beta1) * g;
 * v = beta2 * v + (1 - beta2) * g * g; w -= stepSize * m / (sqrt(v) / secondCorrection + epsilon).
 *
 * Layouts: all parameters one after another, as vec4s. One invocation: one vec4.
 * Dispatch: (vec4s / 64, surplus over 65535).
 */
export const adamwWgsl = /* wgsl */ `
struct Dims { length4: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> parameter: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> moment1: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> moment2: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= dims.length4) { return; }
  let g = run.gradientUnscale * gradient[i];
  let m = fma(vec4f(run.momentum), moment1[i], run.blend1 * g);
  let v = fma(vec4f(run.beta2), moment2[i], run.blend2 * g * g);
  moment1[i] = m;
  moment2[i] = v;
  let w = parameter[i];
  let decayed = fma(vec4f(-run.weightDecay), w, w);
  parameter[i] = decayed - run.stepSize * m / (sqrt(v) / run.secondCorrection + run.epsilon);
}
`;
