/**
 * gradient = 0 where the ReLU's output is 0, in place: its derivative at 0 is 0. At NaN it stays.
 *
 * One invocation: one vec4. Dispatch: (vec4s / 64, surplus over 65535).
 */
export const reluBackwardWgsl = /* wgsl */ `
struct Dims { imageLength4: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> output: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> gradient: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= run.images * dims.imageLength4) { return; }
  gradient[i] = select(gradient[i], vec4f(0), output[i] <= vec4f(0));
}
`;
