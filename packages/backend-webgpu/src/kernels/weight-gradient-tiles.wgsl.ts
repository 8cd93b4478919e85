/**
 * `weight-gradient-subgroups` for graphics cards: the same result and layouts.
 *
 * One workgroup of 256 invocations: 64 channels by 64 columns of one window element. It goes through
 * its segment's rows 16 at a time, which it reads into workgroup memory once; each invocation adds
 * up 4 channels by 4 columns.
 * Dispatch: (columns / 64, window elements * inStride / 64, segments).
 */
export const weightGradientTilesWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> outputGradient: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;

const CHANNELS = 64u;
const DEPTH = 16u;

var<workgroup> channelTile: array<vec4f, 256>;   // [DEPTH, CHANNELS / 4]
var<workgroup> gradientTile: array<vec4f, 256>;  // [DEPTH, 16]

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let rows = run.images * dims.rowsPerImage;
  let channelTiles = (dims.inStride + CHANNELS - 1u) / CHANNELS;
  let element = tile.y / channelTiles;
  let group = select(0u, element, GROUPED);
  let ky = select(element / dims.kernelWidth, 0u, GROUPED);
  let kx = select(element % dims.kernelWidth, 0u, GROUPED);
  let readChannel = tile.y % channelTiles * CHANNELS + lane % 16u * 4u;
  let readColumn = min(tile.x * 16u + lane % 16u, dims.columns4 - 1u);
  let begin = tile.z * dims.segmentRows;
  let end = min(begin + dims.segmentRows, rows);
  var sums: array<vec4f, 4>;
  for (var row = begin; row < end; row += DEPTH) {
    let ownRow = row + lane / 16u;
    let source = sourceOf(group * rows + ownRow, pixelOf(ownRow), ky, kx);
    let absent = source == OUTSIDE || ownRow >= end || readChannel >= dims.inStride;
    let value = select(input[(source + readChannel) / 4u], vec4f(0), absent);
    let g = outputGradient[(group * rows + min(ownRow, rows - 1u)) * dims.columns4 + readColumn];
    workgroupBarrier();
    channelTile[lane] = value;
    gradientTile[lane] = g;
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let a = channelTile[k * 16u + local.y];
      let b = gradientTile[k * 16u + local.x];
      for (var c = 0u; c < 4u; c++) { sums[c] = fma(vec4f(a[c]), b, sums[c]); }
    }
  }
  let channel = tile.y % channelTiles * CHANNELS + local.y * 4u;
  let column = tile.x * 16u + local.x;
  if (column >= dims.columns4 || channel >= dims.inStride) { return; }
  var at = tile.z * dims.partialStride / 4u + (element * dims.inStride + channel) * dims.columns4 + column;
  for (var c = 0u; c < 4u; c++) {
    partial[at] = sums[c];
    at += dims.columns4;
  }
}
`;
