import { at } from "@nin/spec";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { concat, extentOf, gather, reshape } from "../graph/layout.js";
import { matMul, matrixConstant, transposeMatrix } from "../graph/matmul.js";
import type { WinogradPlan } from "./plan.js";

/**
 * The input transform: splits an image into padded tiles and transforms them along the rows, then along the columns.
 *
 * @param x [height, width, images, channels]
 * @returns for each group the transformed input [rowPoints * multiplications, tiles * images, channels], the tiles of
 *   a column next to each other
 */
export function transformInput(graph: GraphBuilder, plan: WinogradPlan, x: Value): readonly Value[] {
  const { height, width, microBatchSize, channels } = plan.image;
  const { rows, columns } = plan;
  const lines = reshape(graph, x, [height, width * microBatchSize * channels]);
  return plan.groups.map((group) => {
    const points = group.rowPoints.length;
    const byRow = matMul(graph, matrixConstant(graph, group.rowInput), lines);
    const rowExtents = [points * group.parts, rows.tiles, width] as const;
    const pixels = reshape(graph, byRow, [
      points * group.parts * rows.tiles * width,
      microBatchSize * channels,
    ]);
    const byColumn = matMul(
      graph,
      matrixConstant(graph, group.columnInput),
      reshape(graph, gather(graph, pixels, swappedOrder(...rowExtents), 0), [
        points,
        group.parts * width,
        rows.tiles * microBatchSize * channels,
      ]),
    );
    return reshape(graph, byColumn, [
      points * group.multiplications,
      columns.tiles * rows.tiles * microBatchSize,
      channels,
    ]);
  });
}

/**
 * The transpose of the input transform: overlapping tiles are summed.
 *
 * @param gradients of what `transformInput` returns
 * @returns [height, width, images, channels]
 */
export function transformInputGradient(
  graph: GraphBuilder,
  plan: WinogradPlan,
  gradients: readonly Value[],
): Value {
  const { height, width, microBatchSize, channels } = plan.image;
  const { rows, columns, groups } = plan;
  const parts = groups.map((group, index) => {
    const points = group.rowPoints.length;
    const byRow = matMul(
      graph,
      matrixConstant(graph, transposeMatrix(group.columnInput)),
      reshape(graph, at(gradients, index), [
        points,
        group.multiplications * columns.tiles,
        rows.tiles * microBatchSize * channels,
      ]),
    );
    return reshape(graph, byRow, [points * group.parts * width * rows.tiles, microBatchSize * channels]);
  });
  const pixels = concat(graph, parts, 0);
  const lineCount = extentOf(pixels, 0) / width;
  const order = swappedOrder(lineCount / rows.tiles, width, rows.tiles);
  const lines = reshape(graph, gather(graph, pixels, order, 0), [
    lineCount,
    width * microBatchSize * channels,
  ]);
  const rowInput = groups.flatMap((group) => group.rowInput);
  const image = matMul(graph, matrixConstant(graph, transposeMatrix(rowInput)), lines);
  return reshape(graph, image, [height, width, microBatchSize, channels]);
}

/** Positions that bring [a, b, c] into the order [a, c, b]. */
function swappedOrder(a: number, b: number, c: number): Int32Array {
  return Int32Array.from({ length: a * b * c }, (_, index) => {
    const [outer, rest] = [Math.floor(index / (b * c)), index % (b * c)];
    return outer * b * c + (rest % b) * c + Math.floor(rest / b);
  });
}
