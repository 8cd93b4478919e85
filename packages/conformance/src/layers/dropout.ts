import type { LayerSamples } from "./layer-samples.js";

/** Dropout is off in forward passes and gradients; the randomness level checks what it does in training. */
export const dropoutSamples: LayerSamples = {
  kind: "dropout",
  samples: [
    { name: "image", fields: { rate: 0.5 }, input: [3, 4, 5], quick: true },
    { name: "high-rate", fields: { rate: 0.9 }, input: [2, 3, 3] },
    { name: "nothing-dropped", fields: { rate: 0 }, input: [2, 3, 3] },
    {
      name: "features",
      fields: { rate: 0.25 },
      input: [2, 3, 3],
      before: [{ kind: "flatten" }, { kind: "linear", outFeatures: 5 }],
      after: [{ kind: "linear", outFeatures: 3 }],
    },
  ],
};
