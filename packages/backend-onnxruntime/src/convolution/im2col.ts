import type { Size2d } from "@nin/spec";
import { reduceSum } from "../graph/arithmetic.js";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { gather, indexTable, padAxis, product, reshape, staticShape } from "../graph/layout.js";

import { type FeatureMap, type ImageExtents, imageExtents } from "../layouts/feature-map.js";

/** The windows of an image: the matrix that im2col gives. */
export interface Columns {
  /** One window a row: [outHeight * outWidth * images, kernelHeight * kernelWidth * channels]. */
  readonly value: Value;
  readonly outHeight: number;
  readonly outWidth: number;
  /** The kernel's width, rounded up to a multiple of the stride where whole strides were gathered. */
  readonly kernelWidth: number;
}

/** Where windows lie over an image. Padding may differ by side, and crops where it is negative. */
export interface WindowPlan {
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly before: Size2d;
  readonly after: Size2d;
}

/**
 * Gathers every window of an image into a row, in two passes: along the width, then whole window rows along the
 * height, so that few and long runs are copied.
 */
export function im2col(graph: GraphBuilder, input: FeatureMap, plan: WindowPlan): Columns {
  const { kernelSize, stride, before, after } = plan;
  const { height, width, microBatchSize, channels } = imageExtents(input);
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
    indexTable([paddedHeight, outWidth, microBatchSize, groups], (h, w, n, group) =>
      input.layout === "nhwc"
        ? (n * paddedHeight + h) * (paddedWidth / groupWidth) + w + group
        : (h * paddedWidth + w * stride[1] + group) * microBatchSize + n,
    ),
    0,
  );
  const windowRows = reshape(graph, wide, [paddedHeight * outWidth * microBatchSize, kernelWidth * channels]);
  const windows = gather(
    graph,
    windowRows,
    indexTable(
      [outHeight, outWidth, microBatchSize, kernelSize[0]],
      (h, w, n, row) => ((h * stride[0] + row) * outWidth + w) * microBatchSize + n,
    ),
    0,
  );
  const value = reshape(graph, windows, [
    outHeight * outWidth * microBatchSize,
    kernelSize[0] * kernelWidth * channels,
  ]);
  return { value, outHeight, outWidth, kernelWidth };
}

/** The windows that a matrix was gathered from. */
export interface WindowShape {
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Size2d;
}

/**
 * Sums windows into the image that they were gathered from: the transpose of im2col, first along the height, then
 * along the width.
 *
 * @param columns [outHeight * outWidth * images, kernelHeight * kernelWidth * channels]
 * @returns [height, width, images, channels]
 */
export function col2im(graph: GraphBuilder, columns: Value, image: ImageExtents, window: WindowShape): Value {
  const { kernelSize, stride, padding } = window;
  const { height, width, microBatchSize, channels } = image;
  const outHeight = Math.floor((height + 2 * padding[0] - kernelSize[0]) / stride[0]) + 1;
  const outWidth = Math.floor((width + 2 * padding[1] - kernelSize[1]) / stride[1]) + 1;
  const across = outWidth * microBatchSize;
  const rows = addOverlaps(graph, columns, {
    outer: 1,
    windows: outHeight,
    between: across,
    taps: kernelSize[0],
    inner: kernelSize[1] * channels,
    extent: height,
    stride: stride[0],
    padding: padding[0],
  });
  const summed = addOverlaps(graph, rows, {
    outer: height,
    windows: outWidth,
    between: microBatchSize,
    taps: kernelSize[1],
    inner: channels,
    extent: width,
    stride: stride[1],
    padding: padding[1],
  });
  return reshape(graph, summed, [height, width, microBatchSize, channels]);
}

/** Windows along one axis: [outer, windows, between, taps, inner] to [outer, extent, between, inner]. */
interface Overlap {
  readonly outer: number;
  readonly windows: number;
  readonly between: number;
  readonly taps: number;
  readonly inner: number;
  readonly extent: number;
  readonly stride: number;
  readonly padding: number;
}

function addOverlaps(graph: GraphBuilder, x: Value, overlap: Overlap): Value {
  const { outer, windows, between, taps, inner, extent, stride, padding } = overlap;
  const rowCount = product([outer, windows, between, taps]);
  const withZeroRow = padAxis(graph, reshape(graph, x, [rowCount, inner]), 0, 0, 1);
  const overlaps = Math.ceil(taps / stride);
  const table = new Int32Array(overlaps * outer * extent * between).fill(rowCount);
  let next = 0;
  for (let overlapping = 0; overlapping < overlaps; overlapping += 1) {
    for (let a = 0; a < outer; a += 1) {
      for (let position = 0; position < extent; position += 1) {
        const window = Math.floor((position + padding) / stride) - overlapping;
        const tap = position + padding - window * stride;
        const inside = window >= 0 && window < windows && tap < taps;
        for (let b = 0; b < between; b += 1) {
          if (inside) table[next] = ((a * windows + window) * between + b) * taps + tap;
          next += 1;
        }
      }
    }
  }
  const terms = reshape(graph, gather(graph, withZeroRow, table, 0), [
    overlaps,
    outer * extent * between * inner,
  ]);
  return reshape(graph, reduceSum(graph, terms, [0]), [outer, extent, between, inner]);
}
