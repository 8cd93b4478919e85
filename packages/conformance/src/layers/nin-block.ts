import type { LayerSamples } from "./layer-samples.js";

const GAP = [{ kind: "globalAvgPool2d" }, { kind: "flatten" }];

export const ninBlockSamples: LayerSamples = {
  kind: "ninBlock",
  samples: [
    {
      name: "plain",
      fields: { outChannels: 5, kernelSize: 3, padding: 1 },
      input: [2, 6, 5],
      before: [],
      quick: true,
    },
    // Nothing but pooling comes between the last ReLU and the scores.
    { name: "last", fields: { outChannels: 4, kernelSize: 3 }, input: [2, 6, 5], after: GAP, quick: true },
    {
      name: "mlp-kernel",
      fields: { outChannels: 4, kernelSize: 3, mlpKernelSize: 3 },
      input: [2, 7, 6],
      quick: true,
    },
    {
      name: "mlp-row-kernel",
      fields: { outChannels: 4, kernelSize: 3, mlpKernelSize: [1, 3] },
      input: [2, 6, 6],
    },
    { name: "no-mlp", fields: { outChannels: 3, kernelSize: 3, mlpChannels: [] }, input: [2, 5, 6] },
    { name: "one-mlp", fields: { outChannels: 3, kernelSize: 3, mlpChannels: [5] }, input: [2, 5, 6] },
    {
      name: "four-mlp",
      fields: { outChannels: 6, kernelSize: 3, mlpChannels: [7, 5, 6, 3] },
      input: [2, 6, 6],
    },
    {
      name: "strided",
      fields: { outChannels: 6, kernelSize: 5, stride: 2, padding: [2, 1] },
      input: [3, 9, 11],
    },
    { name: "batch-of-one", fields: { outChannels: 5, kernelSize: 3 }, input: [3, 5, 5], batch: 1 },
    {
      name: "wide",
      fields: { outChannels: 16, kernelSize: 3, padding: 1, mlpChannels: [16, 10] },
      input: [16, 9, 8],
    },
  ],
};
