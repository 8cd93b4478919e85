import type { AvgPool2d } from "@nin/spec";
import { type Matrix, transposed } from "../graph/constant-matrix.js";
import { fromHwnc, imageExtents, toHwnc } from "../layouts/feature-map.js";
import type { Formulation } from "./layer-program.js";
import { poolWindowCount } from "./pool-window.js";
import { applySeparable } from "./separable-linear.js";

/** The mean of each window, as a product with one constant matrix per axis. */
export const avgPool2d: Formulation<AvgPool2d> = ({ body }, { layer }, input) => {
  const { height, width } = imageExtents(input);
  const rows = averagingMatrix(layer, 0, height);
  const columns = averagingMatrix(layer, 1, width);
  const output = applySeparable(body, toHwnc(body, input), rows, columns);
  return {
    output: { layout: "hwnc", value: output },
    backward: (gradient, wantsInputGradient) =>
      wantsInputGradient
        ? fromHwnc(body, applySeparable(body, gradient, transposed(rows), transposed(columns)), input.layout)
        : undefined,
  };
};

/** [windows, extent]: 1 over the window's extent inside the padded input, where the input is. */
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
