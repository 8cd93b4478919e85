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

/** Called for elements of a row of an image that neighbouring windows cover at the same tap; padding is excluded. */
type Connect = (imageIndex: number, columnIndex: number, count: number) => void;

/** Copies the windows of one image [C, H, W] into a matrix; padding becomes zeros. */
export function im2col(
  image: Float64Array,
  extents: ImageExtents,
  window: Window,
  layout: Im2colLayout,
  columnMatrix: Float64Array,
): void {
  columnMatrix.fill(0);
  const [, stride] = window.stride;
  const { windowStride } = layout;
  forEachCovered(extents, window, layout, (imageIndex, columnIndex, count) => {
    for (let x = 0; x < count; x += 1)
      columnMatrix[columnIndex + x * windowStride] = Number(image[imageIndex + x * stride]);
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
  const [, stride] = window.stride;
  const { windowStride } = layout;
  forEachCovered(extents, window, layout, (imageIndex, columnIndex, count) => {
    for (let x = 0; x < count; x += 1) {
      const at = imageIndex + x * stride;
      image[at] = Number(image[at]) + Number(columnMatrix[columnIndex + x * windowStride]);
    }
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
          const imageColumn = columns.start * window.stride[1] + kx - window.padding[1];
          const first = tap + (y * columnCount + columns.start) * layout.windowStride;
          connect(imageRow * width + imageColumn, first, columns.end - columns.start);
        }
      }
    }
  }
}
