import { addProducts, declareSums, type MatrixConfig, takeSums } from "./matrices.wgsl.js";
import { eachRead, type MatrixBlock, partOf, store4 } from "./matrix-blocks.wgsl.js";

/**
 * `weight-gradient-matrices` with fewer reads and less waiting: the same result, layouts and dispatch, ROWS
 * channels by COLUMNS columns of one window element a workgroup.
 *
 * It goes through its segment's pixels DEPTH at a time. While a subgroup multiplies what lies in workgroup
 * memory, the next vec4s of each of its invocations are on their way, masked only as they are stored.
 */
export function weightGradientMatrixBlocksWgsl(config: MatrixConfig, block: MatrixBlock): string {
  const part = partOf(block);
  const eachChannel = (statement: (i: number) => string) => eachRead(block, config, "rows", statement);
  const eachColumn = (statement: (i: number) => string) => eachRead(block, config, "columns", statement);
  return /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> outputGradient: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;

// [STAGES, PARTS_DOWN][DEPTH, PART_ROWS] and [STAGES, PARTS_ACROSS][DEPTH, PART_COLUMNS]
var<workgroup> channelTile: array<array<f16, DEPTH * ROW_STRIDE>, STAGES * PARTS_DOWN>;
var<workgroup> gradientTile: array<array<f16, DEPTH * COLUMN_STRIDE>, STAGES * PARTS_ACROSS>;

@compute @workgroup_size(WORKERS)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) laneOfSubgroup: u32,
) {
  let rows = run.images * dims.rowsPerImage;
  let channelTiles = (dims.inStride + ROWS - 1u) / ROWS;
  let element = tile.y / channelTiles;
  let group = select(0u, element, GROUPED);
  let ky = select(element / dims.kernelWidth, 0u, GROUPED);
  let kx = select(element % dims.kernelWidth, 0u, GROUPED);
  let firstChannel = tile.y % channelTiles * ROWS;
  let partTop = subgroup / PARTS_ACROSS * PART_ROWS;
  let partLeft = subgroup % PARTS_ACROSS * PART_COLUMNS;
  let begin = tile.z * dims.segmentRows;
  let end = min(begin + dims.segmentRows, rows);
${eachChannel(
  (i) => `  let channelTerm${i} = (lane + ${i}u * WORKERS) / ROWS4;
  let readChannel${i} = (lane + ${i}u * WORKERS) % ROWS4 * 4u;`,
)}
${eachColumn(
  (i) => `  let columnTerm${i} = (lane + ${i}u * WORKERS) / COLUMNS4;
  let readColumn${i} = (lane + ${i}u * WORKERS) % COLUMNS4;`,
)}
${declareSums(config, part)}
  let steps = (end - begin + DEPTH - 1u) / DEPTH;
  for (var step = 0u; step <= steps; step++) {
    let first = begin + step * DEPTH;
${eachChannel((i) => `    var absent${i}: bool;\n    var value${i}: vec4f;`)}
${eachColumn((i) => `    var g${i}: vec4f;`)}
    if (step < steps) {
${eachChannel(
  (i) => `      {
        let ownRow = first + channelTerm${i};
        let channel = firstChannel + readChannel${i};
        let source = sourceOf(group * rows + ownRow, pixelOf(ownRow), ky, kx);
        absent${i} = source == OUTSIDE || ownRow >= end || channel >= dims.inStride;
        value${i} = input[(source + channel) / 4u];
      }`,
)}
${eachColumn(
  (i) =>
    `      g${i} = outputGradient[(group * rows + min(first + columnTerm${i}, rows - 1u)) * dims.columns4 + min(tile.x * COLUMNS4 + readColumn${i}, dims.columns4 - 1u)];`,
)}
    }
    if (step > 0u) {
      let channelPart = (step - 1u) % STAGES * PARTS_DOWN + subgroup / PARTS_ACROSS;
      let gradientPart = (step - 1u) % STAGES * PARTS_ACROSS + subgroup % PARTS_ACROSS;
${addProducts(
  config,
  part,
  (channel, term) => ({
    tile: "channelTile[channelPart]",
    layout: "col_major",
    start: `${term}u * ROW_STRIDE + ${channel}u`,
    stride: "ROW_STRIDE",
  }),
  (column, term) => ({
    tile: "gradientTile[gradientPart]",
    layout: "row_major",
    start: `${term}u * COLUMN_STRIDE + ${column}u`,
    stride: "COLUMN_STRIDE",
  }),
)}
    }
    if (step < steps) {
${block.stages === 1 ? "      workgroupBarrier();  // Everyone has multiplied what is written over." : ""}
${eachChannel(
  (i) => `      {
        let x = select(value${i}, vec4f(0), absent${i});
        let part = step % STAGES * PARTS_DOWN + readChannel${i} / PART_ROWS;
        let at = channelTerm${i} * ROW_STRIDE + readChannel${i} % PART_ROWS;
${store4("channelTile[part]", "at", "x")}
      }`,
)}
${eachColumn(
  (i) => `      {
        let column = readColumn${i} * 4u;
        let part = step % STAGES * PARTS_ACROSS + column / PART_COLUMNS;
        let at = columnTerm${i} * COLUMN_STRIDE + column % PART_COLUMNS;
${store4("gradientTile[part]", "at", `g${i}`)}
      }`,
)}
    }
    workgroupBarrier();
  }
${takeSums(
  config,
  { ...part, stripColumns: config.n },
  `    let channel = firstChannel + row;
    let ownColumn = tile.x * COLUMNS4 + column;
    if (channel < dims.inStride && ownColumn < dims.columns4) {
      let place = (element * dims.inStride + channel) * dims.columns4 + ownColumn;
      partial[tile.z * dims.partialStride / 4u + place] = sum;
    }`,
)}
}
`;
}
