/**
 * `convolution-subgroups` for adapters without subgroups of 8: the same result, layouts and
 * dispatch. One lane keeps 4 columns of 8 rows in registers, and reads for them 4 channels at a
 * time: 4 vec4s of weights and 8 of input for 32 vec4 multiply-adds. No shared memory, no barriers.
 * The rows are written out as variables, since SwiftShader keeps an indexed array in memory. The code around them is
 * a loop: SwiftShader compares every live value with every other one, and takes 24 s to compile eight copies of where
 * a window's element lies, 0.2 s for the loop.
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
  let rows = uniforms.imageCount * dims.rowsPerImage;
  let group = select(0u, tile.z, GROUPED);
  let first = select(tile.y + tile.z * tiles.y, tile.y, GROUPED) * ROWS;
  let column = tile.x * LANES + lane;
  if (first >= rows || column >= dims.columns4) { return; }
  let last = rows - 1u;
  var pixels: array<Pixel, ROWS>;
  for (var r = 0u; r < ROWS; r++) { pixels[r] = pixelOf(min(first + r, last)); }
  var s0 = vec4f(0);
  var s1 = vec4f(0);
  var s2 = vec4f(0);
  var s3 = vec4f(0);
  var s4 = vec4f(0);
  var s5 = vec4f(0);
  var s6 = vec4f(0);
  var s7 = vec4f(0);
  var sources: array<u32, ROWS>;
  var at = group * dims.inStride * dims.columns4 + column;
  for (var ky = 0u; ky < dims.kernelHeight; ky++) {
    for (var kx = 0u; kx < dims.kernelWidth; kx++) {
      for (var r = 0u; r < ROWS; r++) {
        sources[r] = sourceOf(group * rows + min(first + r, last), pixels[r], ky, kx);
      }
      let a0 = sources[0];
      let a1 = sources[1];
      let a2 = sources[2];
      let a3 = sources[3];
      let a4 = sources[4];
      let a5 = sources[5];
      let a6 = sources[6];
      let a7 = sources[7];
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
  var sums = array<vec4f, ROWS>(s0, s1, s2, s3, s4, s5, s6, s7);
  for (var r = 0u; r < min(ROWS, rows - first); r++) { finish(group * rows + first + r, column, sums[r]); }
}
`;
