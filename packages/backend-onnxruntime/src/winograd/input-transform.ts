import { matrixConstant, transposed } from "../graph/constant-matrix.js";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { concat, gather, reshape } from "../graph/layout.js";
import { matMul } from "../graph/matmul.js";
import { extentOf } from "../graph/shape.js";
import { ofGroup, type WinogradPlan } from "./plan.js";

/**
 * Cuts an image into padded tiles and transforms them: along the rows, then along the columns.
 *
 * @param x [height, width, images, channels]
 * @returns for each group [rowPoints * products, tiles * images, channels], the tiles of a column
 *   next to each other
 */
export function transformInput(graph: GraphBuilder, plan: WinogradPlan, x: Value): readonly Value[] {
  const { height, width, images, channels } = plan.image;
  const { rows, columns } = plan;
  const lines = reshape(graph, x, [height, width * images * channels]);
  return plan.groups.map((group) => {
    const points = group.rowPoints.length;
    const byRow = matMul(graph, matrixConstant(graph, group.rowInput), lines);
    const rowExtents = [points * group.parts, rows.tiles, width] as const;
    const pixels = reshape(graph, byRow, [points * group.parts * rows.tiles * width, images * channels]);
    const byColumn = matMul(
      graph,
      matrixConstant(graph, group.columnInput),
      reshape(graph, gather(graph, pixels, swappedOrder(...rowExtents), 0), [
        points,
        group.parts * width,
        rows.tiles * images * channels,
      ]),
    );
    return reshape(graph, byColumn, [points * group.products, columns.tiles * rows.tiles * images, channels]);
  });
}

/**
 * The input's gradient, from those of the groups: the input transform's transpose.
 *
 * @param gradients as `transformInput` returns
 * @returns [height, width, images, channels]
 */
export function transformInputGradient(
  graph: GraphBuilder,
  plan: WinogradPlan,
  gradients: readonly Value[],
): Value {
  const { height, width, images, channels } = plan.image;
  const { rows, columns, groups } = plan;
  const parts = groups.map((group, index) => {
    const points = group.rowPoints.length;
    const byRow = matMul(
      graph,
      matrixConstant(graph, transposed(group.columnInput)),
      reshape(graph, ofGroup(gradients, index), [
        points,
        group.products * columns.tiles,
        rows.tiles * images * channels,
      ]),
    );
    return reshape(graph, byRow, [points * group.parts * width * rows.tiles, images * channels]);
  });
  const pixels = concat(graph, parts, 0);
  const lineCount = extentOf(pixels, 0) / width;
  const order = swappedOrder(lineCount / rows.tiles, width, rows.tiles);
  const lines = reshape(graph, gather(graph, pixels, order, 0), [lineCount, width * images * channels]);
  const rowInput = groups.flatMap((group) => group.rowInput);
  const image = matMul(graph, matrixConstant(graph, transposed(rowInput)), lines);
  return reshape(graph, image, [height, width, images, channels]);
}

/** Positions that bring [a, b, c] into the order [a, c, b]. */
function swappedOrder(a: number, b: number, c: number): Int32Array {
  return Int32Array.from({ length: a * b * c }, (_, index) => {
    const [outer, rest] = [Math.floor(index / (b * c)), index % (b * c)];
    return outer * b * c + (rest % b) * c + Math.floor(rest / b);
  });
}
