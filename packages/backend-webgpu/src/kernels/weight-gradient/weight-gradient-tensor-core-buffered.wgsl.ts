import type { BufferedTensorCore } from "../convolution/tensor-core-buffered.wgsl.js";

/**
 * `weight-gradient-tensor-core` with fewer reads and less waiting: the same result, layouts and dispatch, a rectangle of
 * ROWS channels by COLUMNS. While the subgroups multiply what lies in one half of workgroup memory, each invocation's part
 * of the next rows is on its way, for the other half.
 */
export function weightGradientTensorCoreBufferedWgsl(cores: BufferedTensorCore): string {
  const { rows, columns, depth } = cores.size;
  const channelVec4s = (depth * rows) / 4;
  const gradientVec4s = (depth * columns) / 4;
  return /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> outputGradient: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;

const CHANNEL_TILE = DEPTH * ROWS_STRIDE;
const GRADIENT_TILE = DEPTH * COLUMNS_STRIDE;

var<workgroup> channelTile: array<f16, 2u * CHANNEL_TILE>;    // [2, DEPTH, ROWS_STRIDE]
var<workgroup> gradientTile: array<f16, 2u * GRADIENT_TILE>;  // [2, DEPTH, COLUMNS_STRIDE]

@compute @workgroup_size(WORKERS)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) laneOfSubgroup: u32,
) {
  let rows = uniforms.imageCount * dims.rowsPerImage;
  let channelTiles = (dims.inStride + ROWS - 1u) / ROWS;
  let element = tile.y / channelTiles;
  let group = select(0u, element, GROUPED);
  let ky = select(element / dims.kernelWidth, 0u, GROUPED);
  let kx = select(element % dims.kernelWidth, 0u, GROUPED);
  let firstChannel = tile.y % channelTiles * ROWS;
  let shareTop = subgroup / SUBGROUPS_ACROSS * SHARE_ROWS;
  let shareLeft = subgroup % SUBGROUPS_ACROSS * SHARE_COLUMNS;
  let begin = tile.z * dims.segmentRows;
  let end = min(begin + dims.segmentRows, rows);
${cores.declareSums()}
  let steps = (end - begin + DEPTH - 1u) / DEPTH;
  for (var step = 0u; step <= steps; step++) {
    // Past the last step they are read and not used.
    let first = begin + step * DEPTH;
${cores.eachLoad(
  channelVec4s,
  (i, at) => `    let row${i} = first + ${at} / ROWS4;
    let channel${i} = firstChannel + ${at} % ROWS4 * 4u;
    let source${i} = sourceOf(group * rows + row${i}, pixelOf(row${i}), ky, kx);
    let absent${i} = source${i} == OUTSIDE || row${i} >= end || channel${i} >= dims.inStride;
    let value${i} = select(input[(source${i} + channel${i}) / 4u], vec4f(0), absent${i});`,
)}
${cores.eachLoad(
  gradientVec4s,
  (i, at) => `    let gradientRow${i} = group * rows + min(first + ${at} / COLUMNS4, rows - 1u);
    let readColumn${i} = min(tile.x * COLUMNS4 + ${at} % COLUMNS4, dims.columns4 - 1u);
    let g${i} = outputGradient[gradientRow${i} * dims.columns4 + readColumn${i}];`,
)}
    if (step > 0u) {
      let channelHalf = (step - 1u) % 2u * CHANNEL_TILE;
      let gradientHalf = (step - 1u) % 2u * GRADIENT_TILE;
${cores.multiply(
  (channel, term) => ({
    tile: "channelTile",
    layout: "col_major",
    start: `channelHalf + ${term}u * ROWS_STRIDE + ${channel}`,
    stride: "ROWS_STRIDE",
  }),
  (column, term) => ({
    tile: "gradientTile",
    layout: "row_major",
    start: `gradientHalf + ${term}u * COLUMNS_STRIDE + ${column}`,
    stride: "COLUMNS_STRIDE",
  }),
)}
    }
    // Whoever still multiplies does so in the other half.
    let nextChannels = step % 2u * CHANNEL_TILE;
    let nextGradients = step % 2u * GRADIENT_TILE;
${cores.storeTile("channelTile", channelVec4s, "ROWS", "nextChannels", "value")}
${cores.storeTile("gradientTile", gradientVec4s, "COLUMNS", "nextGradients", "g")}
    workgroupBarrier();
  }
${cores.takeSums(`    let channel = firstChannel + row;
    let ownColumn = tile.x * COLUMNS4 + column;
    if (channel < dims.inStride && ownColumn < dims.columns4) {
      let place = (element * dims.inStride + channel) * dims.columns4 + ownColumn;
      partial[tile.z * dims.partialStride / 4u + place] = sum;
    }`)}
}
`;
}
