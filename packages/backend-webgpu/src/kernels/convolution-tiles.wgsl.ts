/**
 * `convolution-subgroups` for graphics cards: the same result and layouts.
 *
 * One workgroup of 256 invocations: 64 rows by 64 columns. It goes through the channels 16 at a time:
 * all of it reads that part of the rows and of the weights into workgroup memory, once, then each
 * invocation adds up 4 rows by 4 columns from there.
 * Dispatch: (columns / 64, tiles of 64 rows, their surplus over 65535 or GROUPED the group).
 */
export const convolutionTilesWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;
@group(0) @binding(4) var<storage, read> extra: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;

const ROWS = 64u;
const COLUMNS4 = 16u;
const DEPTH = 16u;

var<workgroup> rowTile: array<f32, 1024>;      // [DEPTH, ROWS]
var<workgroup> weightTile: array<vec4f, 256>;  // [DEPTH, COLUMNS4]

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(num_workgroups) tiles: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let rows = run.images * dims.rowsPerImage;
  let group = select(0u, tile.z, GROUPED);
  let firstRow = select(tile.y + tile.z * tiles.y, tile.y, GROUPED) * ROWS;
  if (firstRow >= rows) { return; }
  // What this invocation reads: 4 channels of a row, 4 columns of a channel.
  let readRow = lane / 4u;
  let readChannel = lane % 4u * 4u;
  let ownRow = min(firstRow + readRow, rows - 1u);
  let pixel = pixelOf(ownRow);
  let column = tile.x * COLUMNS4 + local.x;
  let readColumn = min(tile.x * COLUMNS4 + lane % COLUMNS4, dims.columns4 - 1u);
  var sums: array<vec4f, 4>;
  var weightRow = group * dims.inStride;
  for (var ky = 0u; ky < dims.kernelHeight; ky++) {
    for (var kx = 0u; kx < dims.kernelWidth; kx++) {
      let source = sourceOf(group * rows + ownRow, pixel, ky, kx);
      for (var channel = 0u; channel < dims.inStride; channel += DEPTH) {
        let own = channel + readChannel;
        let value = select(input[(source + own) / 4u], vec4f(0), source == OUTSIDE || own >= dims.inStride);
        let w = weight[(weightRow + channel + lane / COLUMNS4) * dims.columns4 + readColumn];
        workgroupBarrier();
        for (var c = 0u; c < 4u; c++) { rowTile[(readChannel + c) * ROWS + readRow] = value[c]; }
        // A channel past the last has another one's weights, for which the rows hold zeros.
        weightTile[lane] = select(vec4f(0), w, channel + lane / COLUMNS4 < dims.inStride);
        workgroupBarrier();
        for (var k = 0u; k < DEPTH; k++) {
          let b = weightTile[k * COLUMNS4 + local.x];
          for (var r = 0u; r < 4u; r++) {
            sums[r] = fma(vec4f(rowTile[k * ROWS + local.y * 4u + r]), b, sums[r]);
          }
        }
      }
      weightRow += dims.inStride;
    }
  }
  if (column >= dims.columns4) { return; }
  for (var r = 0u; r < 4u; r++) {
    let row = firstRow + local.y * 4u + r;
    if (row < rows) { finish(group * rows + row, column, sums[r]); }
  }
}
`;
