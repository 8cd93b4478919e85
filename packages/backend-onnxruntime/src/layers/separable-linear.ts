import { type Matrix, matrixConstant } from "../graph/constant-matrix.js";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { reshape } from "../graph/layout.js";
import { matMul } from "../graph/matmul.js";
import { staticShape } from "../graph/shape.js";

/**
 * A linear map that acts on rows and columns apart, as average pooling does:
 * `[height, width, images, channels]` to `[rows, columns, images, channels]`.
 */
export function applySeparable(graph: GraphBuilder, x: Value, rows: Matrix, columns: Matrix): Value {
  const [height = 0, width = 0, images = 0, channels = 0] = staticShape(x);
  const lines = reshape(graph, x, [height, width * images * channels]);
  const byRow = matMul(graph, matrixConstant(graph, rows), lines);
  const grid = reshape(graph, byRow, [rows.length, width, images * channels]);
  const byColumn = matMul(graph, matrixConstant(graph, columns), grid);
  return reshape(graph, byColumn, [rows.length, columns.length, images, channels]);
}
