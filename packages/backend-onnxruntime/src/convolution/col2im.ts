import type { Size2d } from "@nin/spec";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { gather, padAxis, reshape } from "../graph/layout.js";
import { reduceSum } from "../graph/reductions.js";
import { product } from "../graph/shape.js";
import type { ImageExtents } from "../layouts/feature-map.js";

/** The windows that columns were gathered from. */
export interface WindowShape {
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Size2d;
}

/**
 * Adds windows up into the image they were gathered from: the transpose of im2col, first along
 * the height, then along the width.
 *
 * @param columns [outHeight * outWidth * images, kernelHeight * kernelWidth * channels]
 * @returns [height, width, images, channels]
 */
export function col2im(graph: GraphBuilder, columns: Value, image: ImageExtents, window: WindowShape): Value {
  const { kernelSize, stride, padding } = window;
  const { height, width, images, channels } = image;
  const outHeight = Math.floor((height + 2 * padding[0] - kernelSize[0]) / stride[0]) + 1;
  const outWidth = Math.floor((width + 2 * padding[1] - kernelSize[1]) / stride[1]) + 1;
  const across = outWidth * images;
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
    between: images,
    taps: kernelSize[1],
    inner: channels,
    extent: width,
    stride: stride[1],
    padding: padding[1],
  });
  return reshape(graph, summed, [height, width, images, channels]);
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
  for (let layer = 0; layer < overlaps; layer += 1) {
    for (let a = 0; a < outer; a += 1) {
      for (let position = 0; position < extent; position += 1) {
        const window = Math.floor((position + padding) / stride) - layer;
        const tap = position + padding - window * stride;
        const inside = window >= 0 && window < windows && tap < taps;
        for (let b = 0; b < between; b += 1) {
          if (inside) table[next] = ((a * windows + window) * between + b) * taps + tap;
          next += 1;
        }
      }
    }
  }
  const layers = reshape(graph, gather(graph, withZeroRow, table, 0), [
    overlaps,
    outer * extent * between * inner,
  ]);
  return reshape(graph, reduceSum(graph, layers, [0]), [outer, extent, between, inner]);
}
