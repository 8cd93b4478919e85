import type { LayerKind } from "./layer-kind.js";

/** `max(x, 0)`, with derivative 0 at 0. */
export interface Relu {
  readonly kind: "relu";
}

export const relu: LayerKind<Relu> = {
  kind: "relu",
  parse: () => ({ kind: "relu" }),
  outputShape: (_layer, input) => input,
  parameters: () => [],
  macs: () => 0,
};
