/**
 * A convolution's gradient by its weights, one segment of the pixels at a time:
 * partial[segment][ky, kx, channel, column] = sum over the segment's rows of
 * input[window element (ky, kx) of row, channel] * outputGradient[row, column].
 *
 * Segments keep long sums exact and give a small weight enough workgroups; `add-partials` adds them.
 * Layouts: as in `convolution-subgroups`; a segment's partials take partialStride floats.
 * One workgroup of 8 lanes: 16 channels by 32 columns of one window element. Of 8 rows a lane reads
 * the channels of one, and gets those of the others from its neighbours.
 * Dispatch: (columns / 32, window elements * inStride / 16, segments).
 */
export const weightGradientSubgroupsWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> outputGradient: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;

const LANES = 8u;

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) lane: u32) {
  let rows = uniforms.imageCount * dims.rowsPerImage;
  let channelTiles = (dims.inStride + 15u) / 16u;
  let element = tile.y / channelTiles;
  let group = select(0u, element, GROUPED);
  let channel = (tile.y % channelTiles) * 16u;
  let channels = min(16u, dims.inStride - channel);
  let ky = select(element / dims.kernelWidth, 0u, GROUPED);
  let kx = select(element % dims.kernelWidth, 0u, GROUPED);
  let column = tile.x * LANES + lane;
  let readColumn = min(column, dims.columns4 - 1u);
  let begin = tile.z * dims.segmentRows;
  let end = min(begin + dims.segmentRows, rows);
  var sums: array<vec4f, 16>;
  for (var row = begin; row < end; row += LANES) {
    let ownRow = row + lane;
    let source = sourceOf(group * rows + ownRow, pixelOf(ownRow), ky, kx);
    let outside = source == OUTSIDE || ownRow >= end;
    let start = (source + channel) / 4u;
    var own: array<vec4f, 4>;
    for (var q = 0u; q < 4u; q++) { own[q] = select(input[start + q], vec4f(0), outside || 4u * q >= channels); }
    for (var i = 0u; i < LANES; i++) {
      let g = outputGradient[(group * rows + min(row + i, rows - 1u)) * dims.columns4 + readColumn];
      for (var q = 0u; q < 4u; q++) {
        let x = subgroupShuffle(own[q], i);
        sums[4u * q] = fma(vec4f(x.x), g, sums[4u * q]);
        sums[4u * q + 1u] = fma(vec4f(x.y), g, sums[4u * q + 1u]);
        sums[4u * q + 2u] = fma(vec4f(x.z), g, sums[4u * q + 2u]);
        sums[4u * q + 3u] = fma(vec4f(x.w), g, sums[4u * q + 3u]);
      }
    }
  }
  if (column >= dims.columns4) { return; }
  var at = tile.z * dims.partialStride / 4u + (element * dims.inStride + channel) * dims.columns4 + column;
  for (var c = 0u; c < channels; c++) {
    partial[at] = sums[c];
    at += dims.columns4;
  }
}
`;
