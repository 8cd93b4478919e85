import type { Flatten } from "@nin/spec";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { reshape, transpose } from "../graph/layout.js";
import { type FeatureMap, imageExtents, toNchw } from "../layouts/feature-map.js";
import type { Formulation } from "./layer-program.js";

/** [images, channels * height * width], in the order of NCHW. */
export const flatten: Formulation<Flatten> = ({ body }, _placed, input) => {
  const { value, backward } = flattened(body, input);
  return {
    output: { layout: "flat", value },
    backward: (gradient, wantsInputGradient) => (wantsInputGradient ? backward(gradient) : undefined),
  };
};

/** Activations as [images, features], and how to reshape their gradient back. */
export interface Flattened {
  readonly value: Value;
  backward(gradient: Value): Value;
}

export function flattened(graph: GraphBuilder, map: FeatureMap): Flattened {
  if (map.layout === "flat") return { value: map.value, backward: (gradient) => gradient };
  const { height, width, microBatchSize, channels } = imageExtents(map);
  return {
    value: reshape(graph, toNchw(graph, map), [microBatchSize, channels * height * width]),
    backward(gradient) {
      const nchw = reshape(graph, gradient, [microBatchSize, channels, height, width]);
      return transpose(graph, nchw, map.layout === "hwnc" ? [2, 3, 0, 1] : [0, 2, 3, 1]);
    },
  };
}
