import type { Shape } from "@nin/spec";
import { imageExtents, type Tensor64 } from "../tensors/tensor64.js";
import { type Range, type Window, windowCount, windowRange } from "./window.js";

/** One window of a pool, as far as it lies inside the input. */
export interface WindowElements {
  /** Flat position of its output. */
  readonly index: number;
  readonly outputRow: number;
  readonly outputColumn: number;
  readonly rows: Range;
  readonly columns: Range;
  /** Flat position of the input channel's first element. */
  readonly plane: number;
  /** The input's width. */
  readonly width: number;
}

/** [N, C, H', W'] of a pool of this input. */
export function pooledShape(layer: Window, input: Tensor64): Shape {
  const { batch, channels, height, width } = imageExtents(input);
  return [batch, channels, windowCount(height, layer, 0), windowCount(width, layer, 1)];
}

/** Visits every window of every channel, in the output's order. */
export function forEachWindow(
  layer: Window,
  inputTensor: Tensor64,
  outputTensor: Tensor64,
  visit: (window: WindowElements) => void,
): void {
  const input = imageExtents(inputTensor);
  const output = imageExtents(outputTensor);
  const { width } = input;
  let index = 0;
  for (let channel = 0; channel < input.batch * input.channels; channel += 1) {
    const plane = channel * input.height * width;
    for (let outputRow = 0; outputRow < output.height; outputRow += 1) {
      const rows = windowRange(outputRow, input.height, layer, 0);
      for (let outputColumn = 0; outputColumn < output.width; outputColumn += 1) {
        const columns = windowRange(outputColumn, width, layer, 1);
        visit({ index, outputRow, outputColumn, rows, columns, plane, width });
        index += 1;
      }
    }
  }
}
