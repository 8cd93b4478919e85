import { at } from "@nin/spec";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { concat, extentOf, gather, indexTable, padAxis, reshape } from "../graph/layout.js";
import { matMul, matrixConstant, transposeMatrix } from "../graph/matmul.js";
import type { WinogradPlan } from "./plan.js";

/**
 * The output transform: along the columns, then along the rows; then tiles are assembled into images.
 *
 * @param transformed for each group the transformed output [rowPoints * multiplications, tiles * images, outChannels]
 * @returns [outHeight, outWidth, images, outChannels]
 */
export function transformOutput(
  graph: GraphBuilder,
  plan: WinogradPlan,
  transformed: readonly Value[],
): Value {
  const { rows, columns, tile, outChannels, groups } = plan;
  const { microBatchSize } = plan.image;
  const across = columns.tiles * rows.tiles * microBatchSize * outChannels;
  const parts = groups.map((group, index) => {
    const points = group.rowPoints.length;
    const byRow = matMul(
      graph,
      matrixConstant(graph, group.output),
      reshape(graph, at(transformed, index), [points, group.multiplications, across]),
    );
    return reshape(graph, byRow, [points * group.parts, tile[1] * across]);
  });
  const rowOutput = at(groups, 0).rowOutput.map((_, line) =>
    groups.flatMap((group) => at(group.rowOutput, line)),
  );
  const outputs = matMul(graph, matrixConstant(graph, rowOutput), concat(graph, parts, 0));
  const pixels = reshape(graph, outputs, [
    tile[0] * tile[1] * columns.tiles * rows.tiles,
    microBatchSize * outChannels,
  ]);
  const order = indexTable([rows.outExtent, columns.outExtent, 1, 1], (h, w) => {
    const inTile = (h % tile[0]) * tile[1] + (w % tile[1]);
    return (inTile * columns.tiles + Math.floor(w / tile[1])) * rows.tiles + Math.floor(h / tile[0]);
  });
  return reshape(graph, gather(graph, pixels, order, 0), [
    rows.outExtent,
    columns.outExtent,
    microBatchSize,
    outChannels,
  ]);
}

/**
 * The transpose of the output transform: the gradients of the transformed output.
 *
 * @param outputGradient [outHeight, outWidth, images, outChannels]
 * @returns for each group [rowPoints * multiplications, tiles * images, outChannels]
 */
export function transformOutputGradient(
  graph: GraphBuilder,
  plan: WinogradPlan,
  outputGradient: Value,
): readonly Value[] {
  const { rows, columns, tile, outChannels, groups } = plan;
  const { microBatchSize } = plan.image;
  const across = columns.tiles * rows.tiles * microBatchSize * outChannels;
  const byTile = reshape(graph, splitIntoTiles(graph, plan, outputGradient), [tile[0], tile[1] * across]);
  return groups.map((group) => {
    const points = group.rowPoints.length;
    const byRow = matMul(graph, matrixConstant(graph, transposeMatrix(group.rowOutput)), byTile);
    const gradient = matMul(
      graph,
      matrixConstant(graph, transposeMatrix(group.output)),
      reshape(graph, byRow, [points, group.parts * tile[1], across]),
    );
    return reshape(graph, gradient, [
      points * group.multiplications,
      columns.tiles * rows.tiles * microBatchSize,
      outChannels,
    ]);
  });
}

/** [tileHeight * tileWidth * columnTiles * rowTiles, images * outChannels], zero outside the image. */
function splitIntoTiles(graph: GraphBuilder, plan: WinogradPlan, outputGradient: Value): Value {
  const { rows, columns, tile } = plan;
  const { outExtent: height } = rows;
  const { outExtent: width } = columns;
  const isWhole = rows.tiles * tile[0] === height && columns.tiles * tile[1] === width;
  const pixels = reshape(graph, outputGradient, [
    height * width,
    extentOf(outputGradient, 2) * extentOf(outputGradient, 3),
  ]);
  const order = indexTable([tile[0], tile[1], columns.tiles, rows.tiles], (i, j, column, row) => {
    const [h, w] = [row * tile[0] + i, column * tile[1] + j];
    return h < height && w < width ? h * width + w : height * width;
  });
  return gather(graph, isWhole ? pixels : padAxis(graph, pixels, 0, 0, 1), order, 0);
}
