import { addProducts, declareSums, type MatrixConfig, takeSums } from "./matrices.wgsl.js";
import { eachRead, type MatrixBlock, partOf, store4 } from "./matrix-blocks.wgsl.js";

/**
 * `convolution-matrices` with fewer reads and less waiting: the same result, layouts and dispatch, ROWS by
 * COLUMNS sums a workgroup.
 *
 * It goes through the window's channels DEPTH at a time. While a subgroup multiplies what lies in workgroup
 * memory, the next vec4s of each of its invocations are on their way. They are masked only as they are
 * stored: whatever looks at them waits for them.
 */
export function convolutionMatrixBlocksWgsl(config: MatrixConfig, block: MatrixBlock): string {
  const part = partOf(block);
  const eachRow = (statement: (i: number) => string) => eachRead(block, config, "rows", statement);
  const eachWeight = (statement: (i: number) => string) => eachRead(block, config, "columns", statement);
  return /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;
@group(0) @binding(4) var<storage, read> extra: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;

// [STAGES, PARTS_DOWN][PART_ROWS, DEPTH] and [STAGES, PARTS_ACROSS][DEPTH, PART_COLUMNS]
var<workgroup> rowTile: array<array<f16, PART_ROWS * TERM_STRIDE>, STAGES * PARTS_DOWN>;
var<workgroup> weightTile: array<array<f16, DEPTH * COLUMN_STRIDE>, STAGES * PARTS_ACROSS>;

@compute @workgroup_size(WORKERS)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(num_workgroups) tiles: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) laneOfSubgroup: u32,
) {
  let rows = run.images * dims.rowsPerImage;
  let group = select(0u, tile.z, GROUPED);
  let firstRow = select(tile.y + tile.z * tiles.y, tile.y, GROUPED) * ROWS;
  if (firstRow >= rows) { return; }
  let partTop = subgroup / PARTS_ACROSS * PART_ROWS;
  let partLeft = subgroup % PARTS_ACROSS * PART_COLUMNS;
  let readChannel = lane % DEPTH4 * 4u;
${eachRow(
  (i) => `  let row${i} = min(firstRow + lane / DEPTH4 + ${i}u * (WORKERS / DEPTH4), rows - 1u);
  var source${i} = sourceOf(group * rows + row${i}, pixelOf(row${i}), 0u, 0u);`,
)}
${eachWeight(
  (i) => `  let term${i} = (lane + ${i}u * WORKERS) / COLUMNS4;
  let readColumn${i} = (lane + ${i}u * WORKERS) % COLUMNS4;`,
)}
${declareSums(config, part)}
  var ky = 0u;
  var kx = 0u;
  var channel = 0u;
  var weightRow = group * dims.inStride;
  let steps = dims.kernelHeight * dims.kernelWidth * ((dims.inStride + DEPTH - 1u) / DEPTH);
  for (var step = 0u; step <= steps; step++) {
    let own = channel + readChannel;
${eachRow((i) => `    var value${i}: vec4f;`)}
${eachWeight((i) => `    var w${i}: vec4f;`)}
    if (step < steps) {
${eachRow((i) => `      value${i} = input[(source${i} + own) / 4u];`)}
${eachWeight(
  (i) =>
    `      w${i} = weight[(weightRow + channel + term${i}) * dims.columns4 + min(tile.x * COLUMNS4 + readColumn${i}, dims.columns4 - 1u)];`,
)}
    }
    if (step > 0u) {
      let rowPart = (step - 1u) % STAGES * PARTS_DOWN + subgroup / PARTS_ACROSS;
      let weightPart = (step - 1u) % STAGES * PARTS_ACROSS + subgroup % PARTS_ACROSS;
${addProducts(
  config,
  part,
  (row, term) => ({
    tile: "rowTile[rowPart]",
    layout: "row_major",
    start: `${row}u * TERM_STRIDE + ${term}u`,
    stride: "TERM_STRIDE",
  }),
  (column, term) => ({
    tile: "weightTile[weightPart]",
    layout: "row_major",
    start: `${term}u * COLUMN_STRIDE + ${column}u`,
    stride: "COLUMN_STRIDE",
  }),
)}
    }
    if (step < steps) {
${block.stages === 1 ? "      workgroupBarrier();  // Everyone has multiplied what is written over." : ""}
${eachRow(
  (i) => `      {
        let x = select(value${i}, vec4f(0), source${i} == OUTSIDE || own >= dims.inStride);
        let row = lane / DEPTH4 + ${i}u * (WORKERS / DEPTH4);
        let part = step % STAGES * PARTS_DOWN + row / PART_ROWS;
        let at = row % PART_ROWS * TERM_STRIDE + readChannel;
${store4("rowTile[part]", "at", "x")}
      }`,
)}
      // A channel past the last has another one's weights, for which the rows hold zeros.
${eachWeight(
  (i) => `      {
        let x = select(vec4f(0), w${i}, channel + term${i} < dims.inStride);
        let column = readColumn${i} * 4u;
        let part = step % STAGES * PARTS_ACROSS + column / PART_COLUMNS;
        let at = term${i} * COLUMN_STRIDE + column % PART_COLUMNS;
${store4("weightTile[part]", "at", "x")}
      }`,
)}
      channel += DEPTH;
      if (channel >= dims.inStride) {
        channel = 0u;
        weightRow += dims.inStride;
        kx += 1u;
        if (kx == dims.kernelWidth) {
          kx = 0u;
          ky += 1u;
        }
        if (!POINTWISE) {
${eachRow((i) => `          source${i} = sourceOf(group * rows + row${i}, pixelOf(row${i}), ky, kx);`)}
        }
      }
    }
    workgroupBarrier();
  }
${takeSums(
  config,
  { ...part, stripColumns: config.n },
  `    let ownRow = firstRow + row;
    let ownColumn = tile.x * COLUMNS4 + column;
    if (ownRow < rows && ownColumn < dims.columns4) { finish(group * rows + ownRow, ownColumn, sum); }`,
)}
}
`;
}
