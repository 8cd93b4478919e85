import type { AvgPool2d } from "@nin/spec";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { extentsOf, reshape } from "../graph/layout.js";
import { type Matrix, matMul, matrixConstant, transposeMatrix } from "../graph/matmul.js";
import { fromHwnc, imageExtents, toHwnc } from "../layouts/feature-map.js";
import type { Formulation } from "./layer-program.js";
import { poolWindowCount } from "./pool-window.js";

/** The mean of each window, by a `MatMul` with one constant matrix per axis. */
export const avgPool2d: Formulation<AvgPool2d> = ({ body }, { layer }, input) => {
  const { height, width } = imageExtents(input);
  const rows = averagingMatrix(layer, 0, height);
  const columns = averagingMatrix(layer, 1, width);
  const output = applySeparable(body, toHwnc(body, input), rows, columns);
  return {
    output: { layout: "hwnc", value: output },
    backward: (gradient, wantsInputGradient) =>
      wantsInputGradient
        ? fromHwnc(
            body,
            applySeparable(body, gradient, transposeMatrix(rows), transposeMatrix(columns)),
            input.layout,
          )
        : undefined,
  };
};

/** [windows, extent]: in each row 1 over the window's extent inside the padded input, at the window's positions in the input. */
function averagingMatrix(layer: AvgPool2d, axis: 0 | 1, extent: number): Matrix {
  const padding = layer.padding[axis];
  return Array.from({ length: poolWindowCount(layer, axis, extent) }, (_, window) => {
    const start = window * layer.stride[axis] - padding;
    const end = Math.min(start + layer.kernelSize[axis], extent + padding);
    return Array.from({ length: extent }, (_, position) =>
      position >= start && position < end ? 1 / (end - start) : 0,
    );
  });
}

/** A separable linear map: [height, width, images, channels] to [rows, columns, images, channels]. */
function applySeparable(graph: GraphBuilder, x: Value, rows: Matrix, columns: Matrix): Value {
  const [height, width, microBatchSize, channels] = extentsOf(x, 4);
  const lines = reshape(graph, x, [height, width * microBatchSize * channels]);
  const byRow = matMul(graph, matrixConstant(graph, rows), lines);
  const grid = reshape(graph, byRow, [rows.length, width, microBatchSize * channels]);
  const byColumn = matMul(graph, matrixConstant(graph, columns), grid);
  return reshape(graph, byColumn, [rows.length, columns.length, microBatchSize, channels]);
}
