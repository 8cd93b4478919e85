/**
 * `convolution-subgroups` for adapters without subgroups of 8: the same result, layouts and
 * dispatch. One lane keeps 4 columns of 8 rows in registers, and reads for them 4 channels at a
 * time: 4 vec4s of weights and 8 of input for 32 vec4 multiply-adds. No shared memory, no barriers.
 * The rows are written out: SwiftShader keeps an indexed array in memory.
 */
export const convolutionRegistersWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;
@group(0) @binding(4) var<storage, read> extra: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;

const ROWS = 8u;
const LANES = 8u;

fn channelsAt(source: u32, channel: u32) -> vec4f {
  return select(input[(source + channel) / 4u], vec4f(0), source == OUTSIDE);
}

fn add(sum: vec4f, x: vec4f, w: mat4x4f) -> vec4f {
  return fma(vec4f(x.x), w[0], fma(vec4f(x.y), w[1], fma(vec4f(x.z), w[2], fma(vec4f(x.w), w[3], sum))));
}

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(num_workgroups) tiles: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let rows = run.images * dims.rowsPerImage;
  let group = select(0u, tile.z, GROUPED);
  let first = select(tile.y + tile.z * tiles.y, tile.y, GROUPED) * ROWS;
  let column = tile.x * LANES + lane;
  if (first >= rows || column >= dims.columns4) { return; }
  let last = rows - 1u;
  let p0 = pixelOf(first);
  let p1 = pixelOf(min(first + 1u, last));
  let p2 = pixelOf(min(first + 2u, last));
  let p3 = pixelOf(min(first + 3u, last));
  let p4 = pixelOf(min(first + 4u, last));
  let p5 = pixelOf(min(first + 5u, last));
  let p6 = pixelOf(min(first + 6u, last));
  let p7 = pixelOf(min(first + 7u, last));
  var s0 = vec4f(0);
  var s1 = vec4f(0);
  var s2 = vec4f(0);
  var s3 = vec4f(0);
  var s4 = vec4f(0);
  var s5 = vec4f(0);
  var s6 = vec4f(0);
  var s7 = vec4f(0);
  var at = group * dims.inStride * dims.columns4 + column;
  for (var ky = 0u; ky < dims.kernelHeight; ky++) {
    for (var kx = 0u; kx < dims.kernelWidth; kx++) {
      let a0 = sourceOf(group * rows + first, p0, ky, kx);
      let a1 = sourceOf(group * rows + min(first + 1u, last), p1, ky, kx);
      let a2 = sourceOf(group * rows + min(first + 2u, last), p2, ky, kx);
      let a3 = sourceOf(group * rows + min(first + 3u, last), p3, ky, kx);
      let a4 = sourceOf(group * rows + min(first + 4u, last), p4, ky, kx);
      let a5 = sourceOf(group * rows + min(first + 5u, last), p5, ky, kx);
      let a6 = sourceOf(group * rows + min(first + 6u, last), p6, ky, kx);
      let a7 = sourceOf(group * rows + min(first + 7u, last), p7, ky, kx);
      for (var channel = 0u; channel < dims.inStride; channel += 4u) {
        let step = dims.columns4;
        let w = mat4x4f(weight[at], weight[at + step], weight[at + 2u * step], weight[at + 3u * step]);
        at += 4u * step;
        s0 = add(s0, channelsAt(a0, channel), w);
        s1 = add(s1, channelsAt(a1, channel), w);
        s2 = add(s2, channelsAt(a2, channel), w);
        s3 = add(s3, channelsAt(a3, channel), w);
        s4 = add(s4, channelsAt(a4, channel), w);
        s5 = add(s5, channelsAt(a5, channel), w);
        s6 = add(s6, channelsAt(a6, channel), w);
        s7 = add(s7, channelsAt(a7, channel), w);
      }
    }
  }
  finish(group * rows + first, column, s0);
  if (first + 1u < rows) { finish(group * rows + first + 1u, column, s1); }
  if (first + 2u < rows) { finish(group * rows + first + 2u, column, s2); }
  if (first + 3u < rows) { finish(group * rows + first + 3u, column, s3); }
  if (first + 4u < rows) { finish(group * rows + first + 4u, column, s4); }
  if (first + 5u < rows) { finish(group * rows + first + 5u, column, s5); }
  if (first + 6u < rows) { finish(group * rows + first + 6u, column, s6); }
  if (first + 7u < rows) { finish(group * rows + first + 7u, column, s7); }
}
`;
