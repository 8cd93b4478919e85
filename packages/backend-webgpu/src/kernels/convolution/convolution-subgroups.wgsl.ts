/**
 * A convolution as an implicit matrix product: result[row, column] = sum over ky, kx, channel of
 * input[window element of row, channel] * weight[ky, kx, channel, column], then bias and ReLU. With
 * TRANSPOSED, the gradient by the input, from weights whose channels are swapped.
 *
 * Layouts: input and result as rows of channels; weight [kernelHeight, kernelWidth, inStride, columns].
 * One workgroup of 8 lanes: 14 rows by 32 columns. A lane keeps 4 columns of each row; it reads its
 * own weights, but of the input only one channel in 8, and gets the others from its neighbours: on a
 * CPU a load costs as much as dozens of multiplications, a shuffle one. More rows use a weight more
 * often, until they no longer fit the registers.
 * Dispatch: (columns / 32, tiles of 14 rows, their surplus over 65535 or GROUPED the group).
 */
export const convolutionSubgroupsWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;
@group(0) @binding(4) var<storage, read> extra: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;

const ROWS = 14u;
const LANES = 8u;

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(num_workgroups) tiles: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let rows = uniforms.imageCount * dims.rowsPerImage;
  let group = select(0u, tile.z, GROUPED);
  let firstRow = select(tile.y + tile.z * tiles.y, tile.y, GROUPED) * ROWS;
  if (firstRow >= rows) { return; }
  let column = tile.x * LANES + lane;
  let readColumn = min(column, dims.columns4 - 1u);
  // Lane r looks after the places of rows r and r + 8.
  let rowA = min(firstRow + lane, rows - 1u);
  let rowB = min(firstRow + LANES + lane, rows - 1u);
  let pixelA = pixelOf(rowA);
  let pixelB = pixelOf(rowB);
  var sums: array<vec4f, ROWS>;
  var weightRow = group * dims.inStride * dims.columns4 + readColumn;
  for (var ky = 0u; ky < dims.kernelHeight; ky++) {
    for (var kx = 0u; kx < dims.kernelWidth; kx++) {
      let sourceA = sourceOf(group * rows + rowA, pixelA, ky, kx);
      let sourceB = sourceOf(group * rows + rowB, pixelB, ky, kx);
      for (var channel = 0u; channel < dims.inStride; channel += LANES) {
        var own: array<f32, ROWS>;
        for (var r = 0u; r < ROWS; r++) {
          let start = subgroupShuffle(select(sourceA, sourceB, r >= LANES), r % LANES);
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
    if (firstRow + r < rows) { finish(group * rows + firstRow + r, column, sums[r]); }
  }
}
`;
