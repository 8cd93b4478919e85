/**
 * `weight-gradient-subgroups` for GPUs: the same result and layouts.
 *
 * One workgroup of 256 invocations: EXTENT channels by EXTENT columns of one window element. It goes
 * through its segment's rows DEPTH at a time, which it reads into workgroup memory once; each invocation
 * adds up ROWS channels by COLUMNS4 vec4s.
 * Dispatch: (columns / EXTENT, window elements * inStride / EXTENT, segments).
 */
export const weightGradientTilesWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> outputGradient: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;

var<workgroup> channelTile: array<Factors, 256>;   // [DEPTH, EXTENT4]
var<workgroup> gradientTile: array<Factors, 256>;  // [DEPTH, EXTENT4]

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let rows = uniforms.imageCount * dims.rowsPerImage;
  let channelTiles = (dims.inStride + EXTENT - 1u) / EXTENT;
  let element = tile.y / channelTiles;
  let group = select(0u, element, GROUPED);
  let ky = select(element / dims.kernelWidth, 0u, GROUPED);
  let kx = select(element % dims.kernelWidth, 0u, GROUPED);
  let firstChannel = tile.y % channelTiles * EXTENT;
  let readChannel = firstChannel + lane % EXTENT4 * 4u;
  let readColumn = min(tile.x * EXTENT4 + lane % EXTENT4, dims.columns4 - 1u);
  let begin = tile.z * dims.segmentRows;
  let end = min(begin + dims.segmentRows, rows);
  // [channel / 4][column][channel % 4]
  var sums: array<array<array<vec4f, 4>, COLUMNS4>, COLUMNS4>;
  for (var row = begin; row < end; row += DEPTH) {
    let ownRow = row + lane / EXTENT4;
    let source = sourceOf(group * rows + ownRow, pixelOf(ownRow), ky, kx);
    let absent = source == OUTSIDE || ownRow >= end || readChannel >= dims.inStride;
    let value = select(input[(source + readChannel) / 4u], vec4f(0), absent);
    let g = outputGradient[(group * rows + min(ownRow, rows - 1u)) * dims.columns4 + readColumn];
    workgroupBarrier();
    channelTile[lane] = Factors(value);
    gradientTile[lane] = Factors(g);
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      for (var i = 0u; i < COLUMNS4; i++) {
        let a = vec4f(channelTile[k * EXTENT4 + i * 16u + local.y]);
        for (var j = 0u; j < COLUMNS4; j++) {
          let b = vec4f(gradientTile[k * EXTENT4 + j * 16u + local.x]);
          for (var c = 0u; c < 4u; c++) { sums[i][j][c] = fma(vec4f(a[c]), b, sums[i][j][c]); }
        }
      }
    }
  }
  for (var i = 0u; i < COLUMNS4; i++) {
    let channel = firstChannel + i * 64u + local.y * 4u;
    if (channel >= dims.inStride) { break; }
    for (var j = 0u; j < COLUMNS4; j++) {
      let column = tile.x * EXTENT4 + j * 16u + local.x;
      if (column >= dims.columns4) { break; }
      var at = tile.z * dims.partialStride / 4u + (element * dims.inStride + channel) * dims.columns4 + column;
      for (var c = 0u; c < 4u; c++) {
        partial[at] = sums[i][j][c];
        at += dims.columns4;
      }
    }
  }
}
`;
