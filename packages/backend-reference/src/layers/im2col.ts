import { present } from "@nin/spec";
import type { ImageExtents } from "../tensors/tensor64.js";
import { type Window, windowCount, windowsWithTap } from "./window.js";

/**
 * How a convolution's windows are laid out as a matrix: one axis counts the taps of a window
 * (channel, kernel row, kernel column), the other the windows (output row, output column).
 */
export interface Im2colLayout {
  readonly tapStride: number;
  readonly windowStride: number;
}

/** Called for each element of an image that a window covers; padding is excluded. */
type Connect = (imageIndex: number, columnIndex: number) => void;

/** Copies the windows of one image [C, H, W] into a matrix; padding becomes zeros. */
export function im2col(
  image: Float64Array,
  extents: ImageExtents,
  window: Window,
  layout: Im2colLayout,
  columnMatrix: Float64Array,
): void {
  columnMatrix.fill(0);
  forEachCovered(extents, window, layout, (imageIndex, columnIndex) => {
    columnMatrix[columnIndex] = present(image[imageIndex]);
  });
}

/** The transpose of `im2col`: adds every element of the matrix to the image's element it came from. */
export function col2imAdd(
  columnMatrix: Float64Array,
  extents: ImageExtents,
  window: Window,
  layout: Im2colLayout,
  image: Float64Array,
): void {
  forEachCovered(extents, window, layout, (imageIndex, columnIndex) => {
    image[imageIndex] = present(image[imageIndex]) + present(columnMatrix[columnIndex]);
  });
}

function forEachCovered(extents: ImageExtents, window: Window, layout: Im2colLayout, connect: Connect): void {
  const { channels, height, width } = extents;
  const [kernelHeight, kernelWidth] = window.kernelSize;
  const rowCount = windowCount(height, window, 0);
  const columnCount = windowCount(width, window, 1);
  for (let c = 0; c < channels; c += 1) {
    for (let ky = 0; ky < kernelHeight; ky += 1) {
      const rows = windowsWithTap(ky, height, rowCount, window, 0);
      for (let kx = 0; kx < kernelWidth; kx += 1) {
        const columns = windowsWithTap(kx, width, columnCount, window, 1);
        const tap = ((c * kernelHeight + ky) * kernelWidth + kx) * layout.tapStride;
        for (let y = rows.start; y < rows.end; y += 1) {
          const imageRow = c * height + y * window.stride[0] + ky - window.padding[0];
          const imageStart = imageRow * width + kx - window.padding[1];
          for (let x = columns.start; x < columns.end; x += 1) {
            const index = tap + (y * columnCount + x) * layout.windowStride;
            connect(imageStart + x * window.stride[1], index);
          }
        }
      }
    }
  }
}
