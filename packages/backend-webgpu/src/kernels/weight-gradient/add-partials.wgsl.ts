/**
 * gradient[i] = sum over segments of partial[segment][i], added to the earlier micro-batches' where
 * run.accumulate says so.
 *
 * Layouts: partial [segments, partialStride]; gradient [length], both as vec4s. One workgroup of
 * VECTORS by SEGMENTS invocations: VECTORS vec4s. Each adds up every SEGMENTS-th segment, then the first
 * VECTORS what the others found. Dispatch: (length / 4 / VECTORS, its surplus over 65535).
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

override VECTORS: u32;
override SEGMENTS: u32;

var<workgroup> sums: array<vec4f, 256>;  // [SEGMENTS, VECTORS]

@compute @workgroup_size(VECTORS, SEGMENTS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let i = (group.x + group.y * groups.x) * VECTORS + local.x;
  let rows = run.images * dims.rowsPerImage;
  let segments = (rows + dims.segmentRows - 1u) / dims.segmentRows;
  var sum = vec4f(0);
  if (i < dims.length4) {
    for (var segment = local.y; segment < segments; segment += SEGMENTS) {
      sum += partial[segment * dims.partialStride4 + i];
    }
  }
  if (SEGMENTS > 1u) {
    sums[local.y * VECTORS + local.x] = sum;
    workgroupBarrier();
    if (local.y > 0u) { return; }
    for (var other = 1u; other < SEGMENTS; other++) { sum += sums[other * VECTORS + local.x]; }
  }
  if (i >= dims.length4) { return; }
  if (run.accumulate == 1u) { sum += gradient[i]; }
  gradient[i] = sum;
}
`;
