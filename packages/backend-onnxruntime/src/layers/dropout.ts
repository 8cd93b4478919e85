import { type Dropout, dropoutScale } from "@nin/spec";
import { multiply } from "../graph/arithmetic.js";
import { toHwnc } from "../layouts/feature-map.js";
import type { Formulation } from "./layer-program.js";

/** Multiplies by the mask of this step, which the host samples, and by `1 / (1 - rate)`; the identity outside training. */
export const dropout: Formulation<Dropout> = (context, { layer, layerIndex }, input) => {
  const { body } = context;
  const map = input.layout === "nhwc" ? { layout: "hwnc" as const, value: toHwnc(body, input) } : input;
  const mask = context.dropoutMask(layerIndex);
  if (mask === undefined) return { output: input, backward: (gradient) => gradient };
  const factor = multiply(body, mask, dropoutScale(layer.rate));
  return {
    output: { layout: map.layout, value: multiply(body, map.value, factor) },
    backward: (gradient, wantsInputGradient) =>
      wantsInputGradient ? multiply(body, gradient, factor) : undefined,
  };
};
