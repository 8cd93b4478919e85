/**
 * result = input where it is above 0 or NaN, else 0.
 *
 * One invocation: one vec4. Dispatch: (vec4s / 64, surplus over 65535).
 */
export const reluForwardWgsl = /* wgsl */ `
struct Dims { imageLength4: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= run.images * dims.imageLength4) { return; }
  let value = input[i];
  result[i] = select(value, vec4f(0), value <= vec4f(0));
}
`;
