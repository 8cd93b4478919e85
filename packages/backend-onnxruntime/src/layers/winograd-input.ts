import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { gather, reshape } from "../graph/layout.js";
import { matMul } from "../graph/products.js";
import { positions } from "./im2col.js";
import { matrixConstant, transposed } from "./matrix.js";
import type { WinogradPlan } from "./winograd-plan.js";

/**
 * Pads, cuts into tiles and transforms: one product with a constant matrix per axis.
 *
 * @param x [height, width, images, channels]
 * @returns [sizes, tiles * images, channels]
 */
export function transformInput(graph: GraphBuilder, plan: WinogradPlan, x: Value): Value {
  const { rows, columns, sizes, tiles } = plan;
  const { height, width, images, channels } = plan.image;
  const lines = reshape(graph, x, [height, width * images * channels]);
  const byRow = reshape(graph, matMul(graph, matrixConstant(graph, rows.input), lines), [
    rows.transform.size,
    1,
    rows.tiles,
    width,
    images * channels,
  ]);
  const columnMatrix = matrixConstant(graph, columns.input, [
    1,
    columns.transform.size,
    1,
    columns.tiles,
    width,
  ]);
  return reshape(graph, matMul(graph, columnMatrix, byRow), [sizes, tiles * images, channels]);
}

/**
 * The input's gradient, from that of its transform: the input transform's transpose.
 *
 * @param gradient [sizes, tiles * images, channels]
 * @returns [height, width, images, channels]
 */
export function transformInputGradient(graph: GraphBuilder, plan: WinogradPlan, gradient: Value): Value {
  const { rows, columns, sizes } = plan;
  const { height, width, images, channels } = plan.image;
  const { size: rowSize } = rows.transform;
  const { size: columnSize } = columns.transform;
  const lines = reshape(graph, gradient, [sizes * rows.tiles, columns.tiles * images * channels]);
  const order = positions(
    [rowSize, rows.tiles, columnSize, 1],
    (i, row, j) => (i * columnSize + j) * rows.tiles + row,
  );
  const byRow = reshape(graph, gather(graph, lines, order, 0), [
    rowSize * rows.tiles,
    columnSize * columns.tiles,
    images * channels,
  ]);
  const wide = matMul(graph, matrixConstant(graph, transposed(columns.input)), byRow);
  const tall = matMul(
    graph,
    matrixConstant(graph, transposed(rows.input)),
    reshape(graph, wide, [rowSize * rows.tiles, width * images * channels]),
  );
  return reshape(graph, tall, [height, width, images, channels]);
}
