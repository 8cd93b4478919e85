/** What a workgroup of 16 by 16 invocations computes with workgroup memory: a square of sums. */
export interface TileSize {
  /** Rows, and columns, of the square: 16 times a multiple of 4. */
  readonly extent: number;
  /** Terms of the sums that are read at a time: extent * depth = 1024, one vec4 an invocation. */
  readonly depth: number;
}

/**
 * The sizes of `convolution-tiles` and `weight-gradient-tiles`, and the type of what they keep in
 * workgroup memory: f32, or f16, which rounds both factors of every product. Sums are always f32.
 */
export function tilesWgsl({ extent, depth }: TileSize, factor: "f32" | "f16"): string {
  return /* wgsl */ `
alias Factor = ${factor};
alias Factors = vec4<${factor}>;
const EXTENT = ${extent}u;
const EXTENT4 = ${extent / 4}u;
const DEPTH = ${depth}u;
const ROWS = ${extent / 16}u;      // sums of an invocation: so many rows
const COLUMNS4 = ${extent / 64}u;  // by so many vec4s, 16 vec4s apart
`;
}

/**
 * `convolution-subgroups` for GPUs: the same result and layouts.
 *
 * One workgroup of 256 invocations: EXTENT rows by EXTENT columns. It goes through the channels DEPTH
 * at a time: all of it reads that part of the rows and of the weights into workgroup memory, once, then
 * each invocation adds up ROWS rows by COLUMNS4 vec4s from there.
 * Dispatch: (columns / EXTENT, tiles of EXTENT rows, their surplus over 65535 or GROUPED the group).
 */
export const convolutionTilesWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;
@group(0) @binding(4) var<storage, read> extra: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;

var<workgroup> rowTile: array<Factor, 1024>;      // [DEPTH, EXTENT]
var<workgroup> weightTile: array<Factors, 256>;   // [DEPTH, EXTENT4]

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(num_workgroups) tiles: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let rows = uniforms.imageCount * dims.rowsPerImage;
  let group = select(0u, tile.z, GROUPED);
  let firstRow = select(tile.y + tile.z * tiles.y, tile.y, GROUPED) * EXTENT;
  if (firstRow >= rows) { return; }
  // What this invocation reads: 4 channels of a row, 4 columns of a channel.
  let readRow = lane / (DEPTH / 4u);
  let readChannel = lane % (DEPTH / 4u) * 4u;
  let ownRow = min(firstRow + readRow, rows - 1u);
  let pixel = pixelOf(ownRow);
  let readColumn = min(tile.x * EXTENT4 + lane % EXTENT4, dims.columns4 - 1u);
  var sums: array<array<vec4f, COLUMNS4>, ROWS>;
  var weightRow = group * dims.inStride;
  for (var ky = 0u; ky < dims.kernelHeight; ky++) {
    for (var kx = 0u; kx < dims.kernelWidth; kx++) {
      let source = sourceOf(group * rows + ownRow, pixel, ky, kx);
      for (var channel = 0u; channel < dims.inStride; channel += DEPTH) {
        let own = channel + readChannel;
        let value = select(input[(source + own) / 4u], vec4f(0), source == OUTSIDE || own >= dims.inStride);
        let w = weight[(weightRow + channel + lane / EXTENT4) * dims.columns4 + readColumn];
        workgroupBarrier();
        for (var c = 0u; c < 4u; c++) { rowTile[(readChannel + c) * EXTENT + readRow] = Factor(value[c]); }
        // A channel past the last has another one's weights, for which the rows hold zeros.
        weightTile[lane] = Factors(select(vec4f(0), w, channel + lane / EXTENT4 < dims.inStride));
        workgroupBarrier();
        for (var k = 0u; k < DEPTH; k++) {
          for (var c = 0u; c < COLUMNS4; c++) {
            let b = vec4f(weightTile[k * EXTENT4 + c * 16u + local.x]);
            for (var r = 0u; r < ROWS; r++) {
              let a = f32(rowTile[k * EXTENT + local.y * ROWS + r]);
              sums[r][c] = fma(vec4f(a), b, sums[r][c]);
            }
          }
        }
      }
      weightRow += dims.inStride;
    }
  }
  for (var c = 0u; c < COLUMNS4; c++) {
    let column = tile.x * EXTENT4 + c * 16u + local.x;
    if (column >= dims.columns4) { break; }
    for (var r = 0u; r < ROWS; r++) {
      let row = firstRow + local.y * ROWS + r;
      if (row < rows) { finish(group * rows + row, column, sums[r][c]); }
    }
  }
}
`;
