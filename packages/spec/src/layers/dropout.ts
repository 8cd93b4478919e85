import type { LayerKind } from "./layer-kind.js";

/** Zeroes with probability `rate` and scales survivors by `1/(1-rate)`; the identity outside training. */
export interface Dropout {
  readonly kind: "dropout";
  readonly rate: number;
}

/** What an author writes of a dropout. */
export interface DropoutFields {
  /** The probability that a value is zeroed, in [0, 1). */
  readonly rate: number;
}

export const dropout: LayerKind<Dropout> = {
  kind: "dropout",
  parse: (fields) => ({
    kind: "dropout",
    rate: fields.number("rate", "a number in [0, 1)", (rate) => rate >= 0 && rate < 1),
  }),
  outputShape: (_layer, input) => input,
  parameters: () => [],
  macs: () => 0,
};
