import type { LayerSamples } from "./layer-samples.js";

const LINEAR = [{ kind: "linear", outFeatures: 3 }];

export const flattenSamples: LayerSamples = {
  kind: "flatten",
  samples: [
    { name: "image", fields: {}, input: [3, 4, 5], after: LINEAR, quick: true },
    { name: "one-pixel", fields: {}, input: [5, 1, 1], after: LINEAR },
    { name: "at-the-input", fields: {}, input: [2, 3, 4], before: [], after: LINEAR },
    { name: "twice", fields: {}, input: [2, 3, 2], after: [{ kind: "flatten" }, ...LINEAR] },
    { name: "last", fields: {}, input: [2, 2, 3], after: [] },
    { name: "batch-of-one", fields: {}, input: [3, 3, 2], batch: 1, after: LINEAR },
  ],
};
