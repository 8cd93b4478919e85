import { type MaxPool2d, present } from "@nin/spec";
import { type Tensor64, tensor64 } from "../tensors/tensor64.js";
import { type LayerGradients, type LayerMath, type LayerValues, noParameters } from "./layer-math.js";
import { forEachWindow, pooledShape, type WindowElements } from "./pool2d.js";

/**
 * The largest element of each window. Padding counts as minus infinity, which no window is made
 * of alone, so windows exclude it. Of equal maxima the first in row-major order takes the
 * gradient; NaN is taken for the largest.
 *
 * Shapes: input [N, C, H, W], output [N, C, H', W'].
 */
export const maxPool2d: LayerMath<MaxPool2d> = { allocate: noParameters, forward, backward };

export function forward(layer: MaxPool2d, input: Tensor64): Tensor64 {
  const output = tensor64(pooledShape(layer, input));
  forEachWindow(layer, input, output, (window) => {
    output.data[window.index] = present(input.data[firstMaximum(input, window)]);
  });
  return output;
}

export function backward(
  layer: MaxPool2d,
  outputGradient: Tensor64,
  { input, output }: LayerValues,
): LayerGradients {
  const gradient = tensor64(input.shape);
  forEachWindow(layer, input, output, (window) => {
    const largest = firstMaximum(input, window);
    gradient.data[largest] = present(gradient.data[largest]) + present(outputGradient.data[window.index]);
  });
  return { input: gradient };
}

/** The flat position of a window's first maximum. */
function firstMaximum({ data }: Tensor64, window: WindowElements): number {
  const { rows, columns, plane, width } = window;
  let largest = plane + rows.start * width + columns.start;
  let maximum = present(data[largest]);
  for (let y = rows.start; y < rows.end; y += 1) {
    const row = plane + y * width;
    for (let x = columns.start; x < columns.end; x += 1) {
      const value = present(data[row + x]);
      if (value > maximum || Number.isNaN(value)) {
        maximum = value;
        largest = row + x;
      }
    }
  }
  return largest;
}
