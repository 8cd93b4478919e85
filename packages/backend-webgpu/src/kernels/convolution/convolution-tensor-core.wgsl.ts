import type { TensorCoreConfig } from "../../device/adapter-traits.js";
import { declareSums, multiplyTiles, takeSums } from "./tensor-core.wgsl.js";

/**
 * `convolution-tiles` on tensor cores: the same result, layouts and dispatch, EXTENT 64, factors rounded
 * to f16, sums f32.
 *
 * One workgroup of 4 subgroups. It goes through the channels DEPTH at a time: all of it reads that part
 * of the rows and of the weights into workgroup memory, then each subgroup multiplies matrices from
 * there into its quarter of the square.
 */
export function convolutionTensorCoreWgsl(config: TensorCoreConfig): string {
  return /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;
@group(0) @binding(4) var<storage, read> extra: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;

var<workgroup> rowTile: array<f16, 1024>;     // [EXTENT, DEPTH]
var<workgroup> weightTile: array<f16, 1024>;  // [DEPTH, EXTENT]

@compute @workgroup_size(WORKERS)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(num_workgroups) tiles: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) laneOfSubgroup: u32,
) {
  let rows = uniforms.imageCount * dims.rowsPerImage;
  let group = select(0u, tile.z, GROUPED);
  let firstRow = select(tile.y + tile.z * tiles.y, tile.y, GROUPED) * EXTENT;
  if (firstRow >= rows) { return; }
  let quarterTop = subgroup / 2u * QUARTER;
  let quarterLeft = subgroup % 2u * QUARTER;
${declareSums(config)}
  var weightRow = group * dims.inStride;
  for (var ky = 0u; ky < dims.kernelHeight; ky++) {
    for (var kx = 0u; kx < dims.kernelWidth; kx++) {
      // Which pixels this invocation reads: of each vec4 of the tile another one.
      var sources: array<u32, LOADS>;
      for (var i = 0u; i < LOADS; i++) {
        let row = min(firstRow + (lane + i * WORKERS) / (DEPTH / 4u), rows - 1u);
        sources[i] = sourceOf(group * rows + row, pixelOf(row), ky, kx);
      }
      for (var channel = 0u; channel < dims.inStride; channel += DEPTH) {
        workgroupBarrier();
        for (var i = 0u; i < LOADS; i++) {
          let at = lane + i * WORKERS;
          let own = channel + at % (DEPTH / 4u) * 4u;
          let outside = sources[i] == OUTSIDE || own >= dims.inStride;
          let value = select(input[(sources[i] + own) / 4u], vec4f(0), outside);
          let term = at / EXTENT4;
          let readColumn = min(tile.x * EXTENT4 + at % EXTENT4, dims.columns4 - 1u);
          // A channel past the last has another one's weights, for which the rows hold zeros.
          let present = channel + term < dims.inStride;
          let w = select(vec4f(0), weight[(weightRow + channel + term) * dims.columns4 + readColumn], present);
          for (var c = 0u; c < 4u; c++) {
            rowTile[at * 4u + c] = f16(value[c]);
            weightTile[at * 4u + c] = f16(w[c]);
          }
        }
        workgroupBarrier();
${multiplyTiles(
  config,
  (row, term) => ({
    tile: "rowTile",
    layout: "row_major",
    start: `${row} * DEPTH + ${term}u`,
    stride: "DEPTH",
  }),
  (column, term) => ({
    tile: "weightTile",
    layout: "row_major",
    start: `${term}u * EXTENT + ${column}`,
    stride: "EXTENT",
  }),
)}
      }
      weightRow += dims.inStride;
    }
  }
${takeSums(
  config,
  `    let ownRow = firstRow + row;
    let ownColumn = tile.x * EXTENT4 + column;
    if (ownRow < rows && ownColumn < dims.columns4) { finish(group * rows + ownRow, ownColumn, sum); }`,
)}
}
`;
}
