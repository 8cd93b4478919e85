import { positions } from "../convolution/im2col.js";
import { matrixConstant, transposed } from "../graph/constant-matrix.js";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { concat, gather, padAxis, reshape } from "../graph/layout.js";
import { matMul } from "../graph/matmul.js";
import { extentOf } from "../graph/shape.js";
import { ofGroup, type WinogradPlan } from "./plan.js";

/**
 * The convolution's output from its products: transforms them, along the columns, then along the
 * rows, and puts the tiles together.
 *
 * @param products for each group [rowPoints * products, tiles * images, outChannels]
 * @returns [outHeight, outWidth, images, outChannels]
 */
export function transformOutput(graph: GraphBuilder, plan: WinogradPlan, products: readonly Value[]): Value {
  const { rows, columns, tile, outChannels, groups } = plan;
  const { images } = plan.image;
  const across = columns.tiles * rows.tiles * images * outChannels;
  const parts = groups.map((group, index) => {
    const points = group.rowPoints.length;
    const byRow = matMul(
      graph,
      matrixConstant(graph, group.output),
      reshape(graph, ofGroup(products, index), [points, group.products, across]),
    );
    return reshape(graph, byRow, [points * group.parts, tile[1] * across]);
  });
  const rowOutput = (groups[0]?.rowOutput ?? []).map((_, line) =>
    groups.flatMap((group) => group.rowOutput[line] ?? []),
  );
  const outputs = matMul(graph, matrixConstant(graph, rowOutput), concat(graph, parts, 0));
  const pixels = reshape(graph, outputs, [
    tile[0] * tile[1] * columns.tiles * rows.tiles,
    images * outChannels,
  ]);
  const order = positions([rows.outExtent, columns.outExtent, 1, 1], (h, w) => {
    const inTile = (h % tile[0]) * tile[1] + (w % tile[1]);
    return (inTile * columns.tiles + Math.floor(w / tile[1])) * rows.tiles + Math.floor(h / tile[0]);
  });
  return reshape(graph, gather(graph, pixels, order, 0), [
    rows.outExtent,
    columns.outExtent,
    images,
    outChannels,
  ]);
}

/**
 * The gradients of the products, from the output's.
 *
 * @param outputGradient [outHeight, outWidth, images, outChannels]
 * @returns for each group [rowPoints * products, tiles * images, outChannels]
 */
export function transformOutputGradient(
  graph: GraphBuilder,
  plan: WinogradPlan,
  outputGradient: Value,
): readonly Value[] {
  const { rows, columns, tile, outChannels, groups } = plan;
  const { images } = plan.image;
  const across = columns.tiles * rows.tiles * images * outChannels;
  const byTile = reshape(graph, cutIntoTiles(graph, plan, outputGradient), [tile[0], tile[1] * across]);
  return groups.map((group) => {
    const points = group.rowPoints.length;
    const byRow = matMul(graph, matrixConstant(graph, transposed(group.rowOutput)), byTile);
    const gradient = matMul(
      graph,
      matrixConstant(graph, transposed(group.output)),
      reshape(graph, byRow, [points, group.parts * tile[1], across]),
    );
    return reshape(graph, gradient, [
      points * group.products,
      columns.tiles * rows.tiles * images,
      outChannels,
    ]);
  });
}

/** [tileHeight * tileWidth * columnTiles * rowTiles, images * outChannels], zero outside the image. */
function cutIntoTiles(graph: GraphBuilder, plan: WinogradPlan, outputGradient: Value): Value {
  const { rows, columns, tile } = plan;
  const { outExtent: height } = rows;
  const { outExtent: width } = columns;
  const isWhole = rows.tiles * tile[0] === height && columns.tiles * tile[1] === width;
  const pixels = reshape(graph, outputGradient, [
    height * width,
    extentOf(outputGradient, 2) * extentOf(outputGradient, 3),
  ]);
  const order = positions([tile[0], tile[1], columns.tiles, rows.tiles], (i, j, column, row) => {
    const [h, w] = [row * tile[0] + i, column * tile[1] + j];
    return h < height && w < width ? h * width + w : height * width;
  });
  return gather(graph, isWhole ? pixels : padAxis(graph, pixels, 0, 0, 1), order, 0);
}
