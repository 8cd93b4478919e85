import type { ImageExtents } from "../tensors/tensor64.js";
import { type Window, windowCount, windowsWithTap } from "./window.js";

/**
 * How a convolution's windows are laid out as a matrix: one axis counts the taps of a window
 * (channel, kernel row, kernel column), the other the windows (output row, output column).
 */
export interface UnfoldedLayout {
  readonly tapStride: number;
  readonly windowStride: number;
}

/** Calls `copy` for each element of an image that a window covers; padding is left out. */
type Connect = (imageIndex: number, unfoldedIndex: number) => void;

/** Copies the windows of one image [C, H, W] into a matrix; padding becomes zeros. */
export function unfold(
  image: Float64Array,
  extents: ImageExtents,
  window: Window,
  layout: UnfoldedLayout,
  unfolded: Float64Array,
): void {
  unfolded.fill(0);
  forEachCovered(extents, window, layout, (imageIndex, unfoldedIndex) => {
    unfolded[unfoldedIndex] = image[imageIndex] ?? 0;
  });
}

/** The transpose of `unfold`: adds every element of the matrix to the image's element it came from. */
export function addFolded(
  unfolded: Float64Array,
  extents: ImageExtents,
  window: Window,
  layout: UnfoldedLayout,
  image: Float64Array,
): void {
  forEachCovered(extents, window, layout, (imageIndex, unfoldedIndex) => {
    image[imageIndex] = (image[imageIndex] ?? 0) + (unfolded[unfoldedIndex] ?? 0);
  });
}

function forEachCovered(
  extents: ImageExtents,
  window: Window,
  layout: UnfoldedLayout,
  connect: Connect,
): void {
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
