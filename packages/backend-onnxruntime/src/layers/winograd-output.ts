import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { gather, padAxis, reshape } from "../graph/layout.js";
import { matMul } from "../graph/products.js";
import { positions } from "./im2col.js";
import { matrixConstant, transposed } from "./matrix.js";
import type { WinogradPlan } from "./winograd-plan.js";

/**
 * The convolution's output from its products: transforms, and puts the tiles together.
 *
 * @param products [sizes, tiles * images, outChannels]
 * @returns [outHeight, outWidth, images, outChannels]
 */
export function transformOutput(graph: GraphBuilder, plan: WinogradPlan, products: Value): Value {
  const { rows, columns, sizes, tiles, tile, outChannels, outputTransform } = plan;
  const { images } = plan.image;
  const outputs = matMul(
    graph,
    matrixConstant(graph, outputTransform),
    reshape(graph, products, [sizes, tiles * images * outChannels]),
  );
  const pixels = reshape(graph, outputs, [tile[0] * tile[1] * tiles, images * outChannels]);
  const order = positions([rows.outExtent, columns.outExtent, 1, 1], (h, w) => {
    const inTile = (h % tile[0]) * tile[1] + (w % tile[1]);
    return inTile * tiles + Math.floor(h / tile[0]) * columns.tiles + Math.floor(w / tile[1]);
  });
  return reshape(graph, gather(graph, pixels, order, 0), [
    rows.outExtent,
    columns.outExtent,
    images,
    outChannels,
  ]);
}

/**
 * The gradient of the products, from the output's.
 *
 * @param outputGradient [outHeight, outWidth, images, outChannels]
 * @returns [sizes, tiles * images, outChannels]
 */
export function transformOutputGradient(
  graph: GraphBuilder,
  plan: WinogradPlan,
  outputGradient: Value,
): Value {
  const { rows, columns, sizes, tiles, tile, outChannels, outputTransform } = plan;
  const { images } = plan.image;
  const fullWidth = columns.tiles * tile[1];
  const tallPadded = padAxis(graph, outputGradient, 0, 0, rows.tiles * tile[0] - rows.outExtent);
  const padded = padAxis(graph, tallPadded, 1, 0, fullWidth - columns.outExtent);
  const pixels = reshape(graph, padded, [rows.tiles * tile[0] * fullWidth, images * outChannels]);
  const order = positions(
    [tile[0], tile[1], rows.tiles, columns.tiles],
    (i, j, row, column) => (row * tile[0] + i) * fullWidth + column * tile[1] + j,
  );
  const byTile = reshape(graph, gather(graph, pixels, order, 0), [
    tile[0] * tile[1],
    tiles * images * outChannels,
  ]);
  const gradient = matMul(graph, matrixConstant(graph, transposed(outputTransform)), byTile);
  return reshape(graph, gradient, [sizes, tiles * images, outChannels]);
}
