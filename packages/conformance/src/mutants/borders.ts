import { imageExtents, type Tensor64, tensor64 } from "@nin/backend-reference/parts";
import type { Shape, Size2d } from "@nin/spec";

/** The images with `2 * padding` rows and columns of zeros below and to the right. */
export function grown(images: Tensor64, padding: Size2d): Tensor64 {
  const { batch, channels, height, width } = imageExtents(images);
  return placed(images, [batch, channels, height + 2 * padding[0], width + 2 * padding[1]]);
}

/** The upper left part of the images. */
export function cropped(images: Tensor64, shape: Shape): Tensor64 {
  return placed(images, shape);
}

function placed(images: Tensor64, shape: Shape): Tensor64 {
  const from = imageExtents(images);
  const result = tensor64(shape);
  const to = imageExtents(result);
  const rows = Math.min(from.height, to.height);
  const columns = Math.min(from.width, to.width);
  for (let plane = 0; plane < to.batch * to.channels; plane += 1) {
    for (let y = 0; y < rows; y += 1) {
      const start = (plane * from.height + y) * from.width;
      result.data.set(images.data.subarray(start, start + columns), (plane * to.height + y) * to.width);
    }
  }
  return result;
}
