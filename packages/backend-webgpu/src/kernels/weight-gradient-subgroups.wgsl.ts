/**
 * A convolution's gradient by its weights, one segment of the pixels at a time:
 * partial[segment][ky, kx, channel, column] = sum over the segment's rows of
 * input[window element (ky, kx) of row, channel] * outputGradient[row, column].
 *
 * Segments keep long sums exact and give a small weight enough workgroups; `add-partials` adds them.
 * Layouts: as in `convolution-subgroups`; a segment's partials take partialStride floats.
 * One workgroup of 8 lanes: 8 channels by 32 columns of one window element. Of 8 rows a lane reads
 * the channels of one, and gets those of the others from its neighbours.
 * Dispatch: (columns / 32, window elements * inStride / 8, segments).
 */
export const weightGradientSubgroupsWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> outputGradient: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;

const LANES = 8u;

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) lane: u32) {
  let rows = run.images * dims.rowsPerImage;
  let channelTiles = dims.inStride / 8u;
  let element = tile.y / channelTiles;
  let channel = (tile.y % channelTiles) * 8u;
  let ky = element / dims.kernelWidth;
  let kx = element % dims.kernelWidth;
  let column = tile.x * LANES + lane;
  let readColumn = min(column, dims.columns4 - 1u);
  let begin = tile.z * dims.segmentRows;
  let end = min(begin + dims.segmentRows, rows);
  var sums: array<vec4f, 8>;
  for (var row = begin; row < end; row += LANES) {
    let ownRow = row + lane;
    let source = sourceOf(ownRow, pixelOf(ownRow), ky, kx);
    let outside = source == OUTSIDE || ownRow >= end;
    let start = (source + channel) / 4u;
    let low = select(input[start], vec4f(0), outside);
    let high = select(input[start + 1u], vec4f(0), outside);
    for (var i = 0u; i < LANES; i++) {
      let g = outputGradient[min(row + i, rows - 1u) * dims.columns4 + readColumn];
      let a = subgroupShuffle(low, i);
      let b = subgroupShuffle(high, i);
      sums[0] = fma(vec4f(a.x), g, sums[0]);
      sums[1] = fma(vec4f(a.y), g, sums[1]);
      sums[2] = fma(vec4f(a.z), g, sums[2]);
      sums[3] = fma(vec4f(a.w), g, sums[3]);
      sums[4] = fma(vec4f(b.x), g, sums[4]);
      sums[5] = fma(vec4f(b.y), g, sums[5]);
      sums[6] = fma(vec4f(b.z), g, sums[6]);
      sums[7] = fma(vec4f(b.w), g, sums[7]);
    }
  }
  if (column >= dims.columns4) { return; }
  var at = tile.z * dims.partialStride / 4u + (element * dims.inStride + channel) * dims.columns4 + column;
  for (var c = 0u; c < 8u; c++) {
    partial[at] = sums[c];
    at += dims.columns4;
  }
}
`;
