import { type Dropout, dropoutScale } from "@nin/spec";
import { multiply } from "../graph/arithmetic.js";
import { staticShape } from "../graph/shape.js";
import { toHwnc } from "../layouts/feature-map.js";
import type { Formulation } from "./layer-program.js";

/** Multiplies by the mask of this step, made on the host, and by `1 / (1 - rate)`; outside training the identity. */
export const dropout: Formulation<Dropout> = (context, { layer, layerIndex }, input) => {
  const { body } = context;
  const map = input.layout === "nhwc" ? { layout: "hwnc" as const, value: toHwnc(body, input) } : input;
  const mask = context.dropoutMask(layerIndex, staticShape(map.value));
  if (mask === undefined) return { output: input, backward: (gradient) => gradient };
  const factor = multiply(body, mask, dropoutScale(layer.rate));
  return {
    output: { layout: map.layout, value: multiply(body, map.value, factor) },
    backward: (gradient, wantsInputGradient) =>
      wantsInputGradient ? multiply(body, gradient, factor) : undefined,
  };
};
