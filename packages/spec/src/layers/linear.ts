import { SpecError } from "../reading/errors.js";
import type { LayerKind } from "./layer-kind.js";

/** `y = x W^T + b` on N,features; weight [out, in]. */
export interface Linear {
  readonly kind: "linear";
  readonly outFeatures: number;
  readonly bias: boolean;
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
  parameters(layer, [inFeatures = 0]) {
    const fans = { fanIn: inFeatures, fanOut: layer.outFeatures };
    return [
      { role: "weight", shape: [layer.outFeatures, inFeatures], ...fans },
      ...(layer.bias ? [{ role: "bias" as const, shape: [layer.outFeatures], ...fans }] : []),
    ];
  },
  macs: (layer, [inFeatures = 0]) => inFeatures * layer.outFeatures,
};
