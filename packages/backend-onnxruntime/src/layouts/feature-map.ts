import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { reshape, transpose } from "../graph/layout.js";
import { staticShape } from "../graph/shape.js";
import type { FeatureMap } from "../layers/layer-program.js";

/** Extents of an image feature map, whatever its layout. */
export interface ImageExtents {
  readonly height: number;
  readonly width: number;
  readonly images: number;
  readonly channels: number;
}

export function imageExtents({ layout, value }: FeatureMap): ImageExtents {
  const [a = 0, b = 0, c = 0, channels = 0] = staticShape(value);
  if (layout === "flat") throw new Error(`${value.name}: expected an image, got [${a}, ${b}]`);
  return layout === "hwnc"
    ? { height: a, width: b, images: c, channels }
    : { images: a, height: b, width: c, channels };
}

/** The same activations as [height, width, images, channels]. */
export function toHwnc(graph: GraphBuilder, map: FeatureMap): Value {
  return map.layout === "nhwc" ? transpose(graph, map.value, [1, 2, 0, 3]) : map.value;
}

/** A gradient in HWNC, in the layout of the map it belongs to. */
export function fromHwnc(graph: GraphBuilder, value: Value, layout: FeatureMap["layout"]): Value {
  return layout === "nhwc" ? transpose(graph, value, [2, 0, 1, 3]) : value;
}

/** The activations as users see them: NCHW, or [images, features]. */
export function toNchw(graph: GraphBuilder, map: FeatureMap): Value {
  if (map.layout === "flat") return map.value;
  return transpose(graph, map.value, map.layout === "hwnc" ? [2, 3, 0, 1] : [0, 3, 1, 2]);
}

/** NCHW activations as a map in the layout a network's input has. */
export function fromNchw(graph: GraphBuilder, value: Value): FeatureMap {
  const [images = 0, channels = 0, height = 0, width = 0] = staticShape(value);
  const moved =
    channels === 1
      ? reshape(graph, value, [images, height, width, 1])
      : transpose(graph, value, [0, 2, 3, 1]);
  return { layout: "nhwc", value: moved };
}
