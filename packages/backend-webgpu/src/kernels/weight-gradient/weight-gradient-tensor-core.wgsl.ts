import type { TensorCoreConfig } from "../../device/adapter-traits.js";
import { declareSums, multiplyTiles, takeSums } from "../convolution/tensor-core.wgsl.js";

/**
 * `weight-gradient-tiles` on tensor cores: the same result, layouts and dispatch, EXTENT 64, factors
 * rounded to f16, sums f32. One workgroup of 4 subgroups, each with a quarter of the square.
 */
export function weightGradientTensorCoreWgsl(config: TensorCoreConfig): string {
  return /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> outputGradient: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;

var<workgroup> channelTile: array<f16, 1024>;   // [DEPTH, EXTENT]
var<workgroup> gradientTile: array<f16, 1024>;  // [DEPTH, EXTENT]

@compute @workgroup_size(WORKERS)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) laneOfSubgroup: u32,
) {
  let rows = uniforms.imageCount * dims.rowsPerImage;
  let channelTiles = (dims.inStride + EXTENT - 1u) / EXTENT;
  let element = tile.y / channelTiles;
  let group = select(0u, element, GROUPED);
  let ky = select(element / dims.kernelWidth, 0u, GROUPED);
  let kx = select(element % dims.kernelWidth, 0u, GROUPED);
  let firstChannel = tile.y % channelTiles * EXTENT;
  let quarterTop = subgroup / 2u * QUARTER;
  let quarterLeft = subgroup % 2u * QUARTER;
  let begin = tile.z * dims.segmentRows;
  let end = min(begin + dims.segmentRows, rows);
${declareSums(config)}
  for (var first = begin; first < end; first += DEPTH) {
    workgroupBarrier();
    for (var i = 0u; i < LOADS; i++) {
      let at = lane + i * WORKERS;
      let ownRow = first + at / EXTENT4;
      let readChannel = firstChannel + at % EXTENT4 * 4u;
      let readColumn = min(tile.x * EXTENT4 + at % EXTENT4, dims.columns4 - 1u);
      let source = sourceOf(group * rows + ownRow, pixelOf(ownRow), ky, kx);
      let absent = source == OUTSIDE || ownRow >= end || readChannel >= dims.inStride;
      let value = select(input[(source + readChannel) / 4u], vec4f(0), absent);
      let g = outputGradient[(group * rows + min(ownRow, rows - 1u)) * dims.columns4 + readColumn];
      for (var c = 0u; c < 4u; c++) {
        channelTile[at * 4u + c] = f16(value[c]);
        gradientTile[at * 4u + c] = f16(g[c]);
      }
    }
    workgroupBarrier();
${multiplyTiles(
  config,
  (channel, term) => ({
    tile: "channelTile",
    layout: "col_major",
    start: `${term}u * EXTENT + ${channel}`,
    stride: "EXTENT",
  }),
  (column, term) => ({
    tile: "gradientTile",
    layout: "row_major",
    start: `${term}u * EXTENT + ${column}`,
    stride: "EXTENT",
  }),
)}
  }
${takeSums(
  config,
  `    let channel = firstChannel + row;
    let ownColumn = tile.x * EXTENT4 + column;
    if (channel < dims.inStride && ownColumn < dims.columns4) {
      let place = (element * dims.inStride + channel) * dims.columns4 + ownColumn;
      partial[tile.z * dims.partialStride / 4u + place] = sum;
    }`,
)}
}
`;
}
