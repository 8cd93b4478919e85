/**
 * `weight-gradient-subgroups` for adapters without subgroups of 8: the same result, layouts and
 * dispatch. One lane keeps 4 columns of 8 channels in registers and reads 3 vec4s a row for 8 vec4
 * multiply-adds.
 */
export const weightGradientRegistersWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> outputGradient: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;

const LANES = 8u;

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = tile.x * LANES + lane;
  if (column >= dims.columns4) { return; }
  let rows = uniforms.imageCount * dims.rowsPerImage;
  let channelTiles = dims.inStride / 8u;
  let element = tile.y / channelTiles;
  let group = select(0u, element, GROUPED);
  let channel = (tile.y % channelTiles) * 8u;
  let ky = select(element / dims.kernelWidth, 0u, GROUPED);
  let kx = select(element % dims.kernelWidth, 0u, GROUPED);
  let begin = tile.z * dims.segmentRows;
  let end = min(begin + dims.segmentRows, rows);
  var s0 = vec4f(0);
  var s1 = vec4f(0);
  var s2 = vec4f(0);
  var s3 = vec4f(0);
  var s4 = vec4f(0);
  var s5 = vec4f(0);
  var s6 = vec4f(0);
  var s7 = vec4f(0);
  for (var row = begin; row < end; row++) {
    let source = sourceOf(group * rows + row, pixelOf(row), ky, kx);
    if (source == OUTSIDE) { continue; }
    let a = input[(source + channel) / 4u];
    let b = input[(source + channel) / 4u + 1u];
    let g = outputGradient[(group * rows + row) * dims.columns4 + column];
    s0 = fma(vec4f(a.x), g, s0);
    s1 = fma(vec4f(a.y), g, s1);
    s2 = fma(vec4f(a.z), g, s2);
    s3 = fma(vec4f(a.w), g, s3);
    s4 = fma(vec4f(b.x), g, s4);
    s5 = fma(vec4f(b.y), g, s5);
    s6 = fma(vec4f(b.z), g, s6);
    s7 = fma(vec4f(b.w), g, s7);
  }
  let step = dims.columns4;
  let at = tile.z * dims.partialStride / 4u + (element * dims.inStride + channel) * step + column;
  partial[at] = s0;
  partial[at + step] = s1;
  partial[at + 2u * step] = s2;
  partial[at + 3u * step] = s3;
  partial[at + 4u * step] = s4;
  partial[at + 5u * step] = s5;
  partial[at + 6u * step] = s6;
  partial[at + 7u * step] = s7;
}
`;
