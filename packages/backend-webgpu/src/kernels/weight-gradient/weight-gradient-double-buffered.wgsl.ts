/**
 * `weight-gradient-tiles` with less waiting: the same result, layouts and dispatch.
 *
 * One workgroup of LANES_X by LANES_Y invocations: EXTENT channels by EXTENT columns of one window
 * element. It goes through its segment's rows DEPTH at a time. While an invocation multiplies what lies in
 * one half of workgroup memory, its vec4s of the next rows are on their way, for the other half.
 */
export const weightGradientDoubleBufferedWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> outputGradient: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;

var<workgroup> channelTile: array<vec4f, 2u * TILE>;   // [2, DEPTH, EXTENT4]
var<workgroup> gradientTile: array<vec4f, 2u * TILE>;  // [2, DEPTH, EXTENT4]

@compute @workgroup_size(LANES_X, LANES_Y)
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
  var sums: array<array<array<vec4f, 4>, COLUMNS4>, CHANNELS4>;
  let steps = (end - begin + DEPTH - 1u) / DEPTH;
  for (var step = 0u; step <= steps; step++) {
    // Past the last step they are read and not used.
    let ownRow = begin + step * DEPTH + lane / EXTENT4;
    let source = sourceOf(group * rows + ownRow, pixelOf(ownRow), ky, kx);
    let absent = source == OUTSIDE || ownRow >= end || readChannel >= dims.inStride;
    let value = select(input[(source + readChannel) / 4u], vec4f(0), absent);
    let g = outputGradient[(group * rows + min(ownRow, rows - 1u)) * dims.columns4 + readColumn];
    if (step > 0u) {
      let half = (step - 1u) % 2u * TILE;
      for (var k = 0u; k < DEPTH; k++) {
        for (var i = 0u; i < CHANNELS4; i++) {
          let x = channelTile[half + k * EXTENT4 + i * LANES_Y + local.y];
          for (var j = 0u; j < COLUMNS4; j++) {
            let y = gradientTile[half + k * EXTENT4 + j * LANES_X + local.x];
            for (var c = 0u; c < 4u; c++) { sums[i][j][c] = fma(vec4f(x[c]), y, sums[i][j][c]); }
          }
        }
      }
    }
    // Whoever still multiplies does so in the other half.
    let next = step % 2u * TILE + lane;
    channelTile[next] = value;
    gradientTile[next] = g;
    workgroupBarrier();
  }
  for (var i = 0u; i < CHANNELS4; i++) {
    let channel = firstChannel + (i * LANES_Y + local.y) * 4u;
    if (channel >= dims.inStride) { break; }
    for (var j = 0u; j < COLUMNS4; j++) {
      let column = tile.x * EXTENT4 + j * LANES_X + local.x;
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
