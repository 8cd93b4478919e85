import type { LayerSamples } from "./layer-samples.js";

export const reluSamples: LayerSamples = {
  kind: "relu",
  samples: [
    { name: "image", fields: {}, input: [3, 5, 4], quick: true },
    { name: "batch-of-one", fields: {}, input: [5, 3, 3], batch: 1 },
    { name: "at-the-input", fields: {}, input: [2, 4, 5], before: [] },
    {
      name: "features",
      fields: {},
      input: [2, 3, 3],
      before: [{ kind: "flatten" }, { kind: "linear", outFeatures: 7 }],
      after: [{ kind: "linear", outFeatures: 3 }],
      quick: true,
    },
    { name: "last", fields: {}, input: [2, 3, 2], after: [{ kind: "globalAvgPool2d" }, { kind: "flatten" }] },
    { name: "twice", fields: {}, input: [2, 4, 3], after: [{ kind: "relu" }, { kind: "flatten" }] },
  ],
};
