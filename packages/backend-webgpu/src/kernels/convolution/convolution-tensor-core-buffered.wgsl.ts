import type { BufferedTensorCore } from "./tensor-core-buffered.wgsl.js";

/**
 * `convolution-tensor-core` with fewer reads and less waiting: the same result, layouts and dispatch, a rectangle of ROWS
 * by COLUMNS.
 *
 * While the subgroups multiply what lies in one half of workgroup memory, each invocation's part of the next rows and
 * weights is on its way, for the other half.
 */
export function convolutionTensorCoreBufferedWgsl(cores: BufferedTensorCore): string {
  const { rows, columns, depth } = cores.size;
  const rowVec4s = (rows * depth) / 4;
  const weightVec4s = (depth * columns) / 4;
  const findSources = (indent: string, declaration: string) =>
    cores.eachLoad(
      rowVec4s,
      (i) => `${indent}${declaration}source${i} = sourceOf(group * rows + row${i}, pixel${i}, ky, kx);`,
    );
  return /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;
@group(0) @binding(4) var<storage, read> extra: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;

const ROW_TILE = ROWS * DEPTH_STRIDE;
const WEIGHT_TILE = DEPTH * COLUMNS_STRIDE;

var<workgroup> rowTile: array<f16, 2u * ROW_TILE>;        // [2, ROWS, DEPTH_STRIDE]
var<workgroup> weightTile: array<f16, 2u * WEIGHT_TILE>;  // [2, DEPTH, COLUMNS_STRIDE]

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
  let firstRow = select(tile.y + tile.z * tiles.y, tile.y, GROUPED) * ROWS;
  if (firstRow >= rows) { return; }
  let shareTop = subgroup / SUBGROUPS_ACROSS * SHARE_ROWS;
  let shareLeft = subgroup % SUBGROUPS_ACROSS * SHARE_COLUMNS;
${cores.declareSums()}
  var ky = 0u;
  var kx = 0u;
  var channel = 0u;
  var weightRow = group * dims.inStride;
  // Which pixels this invocation reads: of each of its vec4s of the rows another one.
${cores.eachLoad(
  rowVec4s,
  (i, at) => `  let row${i} = min(firstRow + ${at} / DEPTH4, rows - 1u);
  let pixel${i} = pixelOf(row${i});`,
)}
${findSources("  ", "var ")}
  let steps = dims.kernelHeight * dims.kernelWidth * ((dims.inStride + DEPTH - 1u) / DEPTH);
  for (var step = 0u; step <= steps; step++) {
    // Past the last step they are read and not used.
${cores.eachLoad(
  rowVec4s,
  (i, at) => `    let own${i} = channel + ${at} % DEPTH4 * 4u;
    let outside${i} = source${i} == OUTSIDE || own${i} >= dims.inStride;
    let value${i} = select(input[(source${i} + own${i}) / 4u], vec4f(0), outside${i});`,
)}
    // A channel past the last has another one's weights, for which the rows hold zeros.
${cores.eachLoad(
  weightVec4s,
  (i, at) => `    let term${i} = channel + ${at} / COLUMNS4;
    let readColumn${i} = min(tile.x * COLUMNS4 + ${at} % COLUMNS4, dims.columns4 - 1u);
    let ownWeight${i} = weight[(weightRow + term${i}) * dims.columns4 + readColumn${i}];
    let w${i} = select(vec4f(0), ownWeight${i}, term${i} < dims.inStride);`,
)}
    if (step > 0u) {
      let rowHalf = (step - 1u) % 2u * ROW_TILE;
      let weightHalf = (step - 1u) % 2u * WEIGHT_TILE;
${cores.multiply(
  (row, term) => ({
    tile: "rowTile",
    layout: "row_major",
    start: `rowHalf + ${row} * DEPTH_STRIDE + ${term}u`,
    stride: "DEPTH_STRIDE",
  }),
  (column, term) => ({
    tile: "weightTile",
    layout: "row_major",
    start: `weightHalf + ${term}u * COLUMNS_STRIDE + ${column}`,
    stride: "COLUMNS_STRIDE",
  }),
)}
    }
    // Whoever still multiplies does so in the other half.
    let nextRows = step % 2u * ROW_TILE;
    let nextWeights = step % 2u * WEIGHT_TILE;
${cores.storeTile("rowTile", rowVec4s, "DEPTH", "nextRows", "value")}
${cores.storeTile("weightTile", weightVec4s, "COLUMNS", "nextWeights", "w")}
    workgroupBarrier();
    channel += DEPTH;
    if (channel >= dims.inStride) {
      channel = 0u;
      weightRow += dims.inStride;
      kx += 1u;
      if (kx == dims.kernelWidth) {
        kx = 0u;
        ky += 1u;
      }
${findSources("      ", "")}
    }
  }
${cores.takeSums(`    let ownRow = firstRow + row;
    let ownColumn = tile.x * COLUMNS4 + column;
    if (ownRow < rows && ownColumn < dims.columns4) { finish(group * rows + ownRow, ownColumn, sum); }`)}
}
`;
}
