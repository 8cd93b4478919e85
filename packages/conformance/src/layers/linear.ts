import type { LayerSamples } from "./layer-samples.js";

const FLAT = [{ kind: "conv2d", outChannels: 2, kernelSize: 1 }, { kind: "flatten" }];

export const linearSamples: LayerSamples = {
  kind: "linear",
  samples: [
    { name: "plain", fields: { outFeatures: 4 }, input: [2, 3, 3], before: FLAT, after: [], quick: true },
    {
      name: "no-bias",
      fields: { outFeatures: 3, bias: false },
      input: [2, 3, 2],
      before: FLAT,
      after: [],
      quick: true,
    },
    {
      name: "hidden",
      fields: { outFeatures: 9 },
      input: [3, 3, 3],
      before: FLAT,
      after: [{ kind: "relu" }, { kind: "linear", outFeatures: 5 }],
    },
    { name: "square", fields: { outFeatures: 12 }, input: [2, 2, 3], before: FLAT, after: [] },
    {
      name: "one-feature",
      fields: { outFeatures: 2 },
      input: [1, 1, 1],
      before: [{ kind: "flatten" }],
      after: [],
    },
    { name: "batch-of-one", fields: { outFeatures: 5 }, input: [2, 3, 3], before: FLAT, after: [], batch: 1 },
    {
      name: "many-classes",
      fields: { outFeatures: 101 },
      input: [2, 3, 3],
      before: FLAT,
      after: [],
      batch: 3,
    },
  ],
};
