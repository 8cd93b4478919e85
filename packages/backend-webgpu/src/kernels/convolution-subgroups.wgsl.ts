/**
 * A convolution as an implicit matrix product: result[row, column] = sum over ky, kx, channel of
 * input[window element of row, channel] * weight[ky, kx, channel, column], then bias and ReLU. With
 * TRANSPOSED, the gradient by the input, from weights whose channels are swapped.
 *
 * Layouts: input and result as rows of channels; weight [kernelHeight, kernelWidth, inStride, columns].
 * One workgroup of 8 lanes: 8 rows by 32 columns. A lane keeps 4 columns of each row; it reads its
 * own weights, but of the input only one channel in 8, and gets the others from its neighbours: on a
 * CPU a load costs as much as dozens of multiplications, a shuffle one.
 * Dispatch: (columns / 32, tiles of 8 rows, their surplus over 65535).
 */
export const convolutionSubgroupsWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;
@group(0) @binding(4) var<storage, read> extra: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;

const ROWS = 8u;
const LANES = 8u;

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(num_workgroups) tiles: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let rows = run.images * dims.rowsPerImage;
  let firstRow = (tile.y + tile.z * tiles.y) * ROWS;
  if (firstRow >= rows) { return; }
  let column = tile.x * LANES + lane;
  let readColumn = min(column, dims.columns4 - 1u);
  // Lane r looks after the place of row r.
  let ownRow = min(firstRow + lane, rows - 1u);
  let pixel = pixelOf(ownRow);
  var sums: array<vec4f, ROWS>;
  var weightRow = readColumn;
  for (var ky = 0u; ky < dims.kernelHeight; ky++) {
    for (var kx = 0u; kx < dims.kernelWidth; kx++) {
      let source = sourceOf(ownRow, pixel, ky, kx);
      for (var channel = 0u; channel < dims.inStride; channel += LANES) {
        var own: array<f32, ROWS>;
        for (var r = 0u; r < ROWS; r++) {
          let start = subgroupShuffle(source, r);
          own[r] = select(input[start + channel + lane], 0f, start == OUTSIDE);
        }
        for (var i = 0u; i < LANES; i++) {
          let w = weight[weightRow];
          weightRow += dims.columns4;
          for (var r = 0u; r < ROWS; r++) {
            sums[r] = fma(vec4f(subgroupShuffle(own[r], i)), w, sums[r]);
          }
        }
      }
    }
  }
  if (column >= dims.columns4) { return; }
  for (var r = 0u; r < ROWS; r++) {
    if (firstRow + r < rows) { finish(firstRow + r, column, sums[r]); }
  }
}
`;
