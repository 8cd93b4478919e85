import type { Size2d } from "@nin/spec";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { gather, padAxis, reshape } from "../graph/layout.js";
import { product, staticShape } from "../graph/shape.js";
import type { FeatureMap } from "../layers/layer-program.js";
import { imageExtents } from "../layouts/feature-map.js";

/** The windows of an image, one a row. */
export interface Columns {
  /** [outHeight * outWidth * images, kernelHeight * kernelWidth * channels]. */
  readonly value: Value;
  readonly outHeight: number;
  readonly outWidth: number;
  /** The kernel's width, rounded up to whole strides where rows of a stride were gathered. */
  readonly kernelWidth: number;
}

/** The window's place over an image; padding may differ by side, and crops where it is negative. */
export interface WindowPlan {
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly before: Size2d;
  readonly after: Size2d;
}

/**
 * Gathers every window of an image into a row (im2col), in two passes: along the width, then
 * whole window rows along the height, so that few and long runs are copied.
 */
export function im2col(graph: GraphBuilder, input: FeatureMap, plan: WindowPlan): Columns {
  const { kernelSize, stride, before, after } = plan;
  const { height, width, images, channels } = imageExtents(input);
  const outHeight = Math.floor((height + before[0] + after[0] - kernelSize[0]) / stride[0]) + 1;
  const outWidth = Math.floor((width + before[1] + after[1] - kernelSize[1]) / stride[1]) + 1;
  const groupWidth = input.layout === "nhwc" ? stride[1] : 1;
  const groups = Math.ceil(kernelSize[1] / groupWidth);
  const kernelWidth = groups * groupWidth;
  const paddedWidth =
    input.layout === "nhwc" ? (outWidth - 1 + groups) * groupWidth : (outWidth - 1) * stride[1] + kernelWidth;
  const paddedHeight = (outHeight - 1) * stride[0] + kernelSize[0];
  const [heightAxis, widthAxis] = input.layout === "nhwc" ? [1, 2] : [0, 1];
  const rowsPadded = padAxis(graph, input.value, heightAxis, before[0], paddedHeight - height - before[0]);
  const padded = padAxis(graph, rowsPadded, widthAxis, before[1], paddedWidth - width - before[1]);

  const runs = product(staticShape(padded)) / (groupWidth * channels);
  const wide = gather(
    graph,
    reshape(graph, padded, [runs, groupWidth * channels]),
    positions([paddedHeight, outWidth, images, groups], (h, w, n, group) =>
      input.layout === "nhwc"
        ? (n * paddedHeight + h) * (paddedWidth / groupWidth) + w + group
        : (h * paddedWidth + w * stride[1] + group) * images + n,
    ),
    0,
  );
  const windowRows = reshape(graph, wide, [paddedHeight * outWidth * images, kernelWidth * channels]);
  const windows = gather(
    graph,
    windowRows,
    positions(
      [outHeight, outWidth, images, kernelSize[0]],
      (h, w, n, row) => ((h * stride[0] + row) * outWidth + w) * images + n,
    ),
    0,
  );
  const value = reshape(graph, windows, [
    outHeight * outWidth * images,
    kernelSize[0] * kernelWidth * channels,
  ]);
  return { value, outHeight, outWidth, kernelWidth };
}

/** A table of positions over a four-dimensional index, the last one fastest. */
export function positions(
  [a, b, c, d]: readonly [number, number, number, number],
  positionOf: (i: number, j: number, k: number, l: number) => number,
): Int32Array {
  const table = new Int32Array(a * b * c * d);
  let next = 0;
  for (let i = 0; i < a; i += 1) {
    for (let j = 0; j < b; j += 1) {
      for (let k = 0; k < c; k += 1) {
        for (let l = 0; l < d; l += 1) {
          table[next] = positionOf(i, j, k, l);
          next += 1;
        }
      }
    }
  }
  return table;
}
