/**
 * `result = left + right`, element by element, four to a vector: reads two arrays and writes one. Layouts:
 * flat. One invocation computes four vectors, a grid apart. Dispatch: [grid / 256, 1, 1] workgroups of 256,
 * where `grid` is a quarter of the vectors.
 */
export const sumWgsl = `
@group(0) @binding(0) var<storage, read> left: array<vec4f>;
@group(0) @binding(1) var<storage, read> right: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> result: array<vec4f>;
override grid: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var at = id.x; at < 4 * grid; at += grid) {
    result[at] = left[at] + right[at];
  }
}
`;
