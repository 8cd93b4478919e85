import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { extentsOf, reshape, transpose } from "../graph/layout.js";

/**
 * The activations of a micro-batch inside a graph.
 *
 * `hwnc` has the shape [height, width, images, channels]: a 1x1 convolution is one large matrix product, and a
 * spatial shift moves contiguous blocks. `nhwc` is the layout of the network's input. `flat` is [images, features].
 */
export interface FeatureMap {
  readonly layout: "hwnc" | "nhwc" | "flat";
  readonly value: Value;
}

/** The extents of an image feature map, whatever its layout. */
export interface ImageExtents {
  readonly height: number;
  readonly width: number;
  /** The number of images. */
  readonly microBatchSize: number;
  readonly channels: number;
}

/** @throws Error when the activations are flat */
export function imageExtents({ layout, value }: FeatureMap): ImageExtents {
  if (layout === "flat") throw new Error(`${value.name}: expected an image, got [${value.shape.join(", ")}]`);
  const [a, b, c, channels] = extentsOf(value, 4);
  return layout === "hwnc"
    ? { height: a, width: b, microBatchSize: c, channels }
    : { microBatchSize: a, height: b, width: c, channels };
}

/** The activations as [height, width, images, channels]. */
export function toHwnc(graph: GraphBuilder, map: FeatureMap): Value {
  return map.layout === "nhwc" ? transpose(graph, map.value, [1, 2, 0, 3]) : map.value;
}

/** A gradient in HWNC, converted to the layout of the activations it belongs to. */
export function fromHwnc(graph: GraphBuilder, value: Value, layout: FeatureMap["layout"]): Value {
  return layout === "nhwc" ? transpose(graph, value, [2, 0, 1, 3]) : value;
}

/** The activations as users see them: NCHW, or [images, features]. */
export function toNchw(graph: GraphBuilder, map: FeatureMap): Value {
  if (map.layout === "flat") return map.value;
  return transpose(graph, map.value, map.layout === "hwnc" ? [2, 3, 0, 1] : [0, 3, 1, 2]);
}

/** NCHW activations in the layout of a network's input, NHWC. */
export function fromNchw(graph: GraphBuilder, value: Value): FeatureMap {
  const [microBatchSize, channels, height, width] = extentsOf(value, 4);
  const moved =
    channels === 1
      ? reshape(graph, value, [microBatchSize, height, width, 1])
      : transpose(graph, value, [0, 2, 3, 1]);
  return { layout: "nhwc", value: moved };
}
