/**
 * gradient[i] = sum over segments of partial[segment][i], added to the earlier micro-batches' where
 * run.accumulate says so.
 *
 * Layouts: partial [segments, partialStride]; gradient [length], both as vec4s. One invocation: one
 * vec4. Dispatch: (length / 4 / 64, its surplus over 65535).
 */
export const addPartialsWgsl = /* wgsl */ `
struct Dims {
  length4: u32,
  partialStride4: u32,
  segmentRows: u32,
  rowsPerImage: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> partial: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> gradient: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= dims.length4) { return; }
  let rows = run.images * dims.rowsPerImage;
  let segments = (rows + dims.segmentRows - 1u) / dims.segmentRows;
  var sum = vec4f(0);
  for (var segment = 0u; segment < segments; segment++) {
    sum += partial[segment * dims.partialStride4 + i];
  }
  if (run.accumulate == 1u) { sum += gradient[i]; }
  gradient[i] = sum;
}
`;
