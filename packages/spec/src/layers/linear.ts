import { SpecError } from "../reading/errors.js";
import { at } from "../reading/present.js";
import type { LayerKind } from "./layer-kind.js";

/** `y = x W^T + b` on N,features; weight [out, in]. */
export interface Linear {
  readonly kind: "linear";
  readonly outFeatures: number;
  readonly bias: boolean;
}

/** What an author writes of a fully connected layer. */
export interface LinearFields {
  readonly outFeatures: number;
  /** `true` by default. */
  readonly bias?: boolean;
}

export const linear: LayerKind<Linear> = {
  kind: "linear",
  parse: (fields) => ({
    kind: "linear",
    outFeatures: fields.positiveInteger("outFeatures"),
    bias: fields.boolean("bias", true),
  }),
  outputShape(layer, input, path) {
    if (input.length !== 1) throw new SpecError(path, "an input of shape [features] (flatten first)", input);
    return [layer.outFeatures];
  },
  parameters(layer, input) {
    const inFeatures = at(input, 0);
    const fans = { fanIn: inFeatures, fanOut: layer.outFeatures };
    return [
      { role: "weight", shape: [layer.outFeatures, inFeatures], ...fans },
      ...(layer.bias ? [{ role: "bias" as const, shape: [layer.outFeatures], ...fans }] : []),
    ];
  },
  macs: (layer, input) => at(input, 0) * layer.outFeatures,
};
