import { type AvgPool2d, present } from "@nin/spec";
import { imageExtents, type Tensor64, tensor64 } from "../tensors/tensor64.js";
import { type LayerGradients, type LayerMath, type LayerValues, noParameters } from "./layer-math.js";
import { forEachWindow, pooledShape, type WindowElements } from "./pool2d.js";
import type { Axis } from "./window.js";

/**
 * The sum of each window over the number of its elements inside the padded input: zeros of the
 * padding count, elements that `ceilMode` lets run past it do not.
 *
 * Shapes: input [N, C, H, W], output [N, C, H', W'].
 */
export const avgPool2d: LayerMath<AvgPool2d> = { allocate: noParameters, forward, backward };

export function forward(layer: AvgPool2d, input: Tensor64): Tensor64 {
  const output = tensor64(pooledShape(layer, input));
  forEachWindow(layer, input, output, (window) => {
    let sum = 0;
    forEachElement(window, (element) => {
      sum += present(input.data[element]);
    });
    output.data[window.index] = sum / divisor(layer, input, window);
  });
  return output;
}

export function backward(
  layer: AvgPool2d,
  outputGradient: Tensor64,
  { input, output }: LayerValues,
): LayerGradients {
  const gradient = tensor64(input.shape);
  forEachWindow(layer, input, output, (window) => {
    const share = present(outputGradient.data[window.index]) / divisor(layer, input, window);
    forEachElement(window, (element) => {
      gradient.data[element] = present(gradient.data[element]) + share;
    });
  });
  return { input: gradient };
}

function divisor(layer: AvgPool2d, input: Tensor64, window: WindowElements): number {
  const { height, width } = imageExtents(input);
  return (
    extentInsidePadded(layer, window.outputRow, height, 0) *
    extentInsidePadded(layer, window.outputColumn, width, 1)
  );
}

function extentInsidePadded(layer: AvgPool2d, index: number, extent: number, axis: Axis): number {
  const start = index * layer.stride[axis] - layer.padding[axis];
  return Math.min(start + layer.kernelSize[axis], extent + layer.padding[axis]) - start;
}

function forEachElement(window: WindowElements, visit: (element: number) => void): void {
  for (let y = window.rows.start; y < window.rows.end; y += 1) {
    const row = window.plane + y * window.width;
    for (let x = window.columns.start; x < window.columns.end; x += 1) visit(row + x);
  }
}
