import type { LayerSamples } from "./layer-samples.js";

export const conv2dSamples: LayerSamples = {
  kind: "conv2d",
  samples: [
    { name: "plain", fields: { outChannels: 4, kernelSize: 3 }, input: [3, 6, 7], quick: true },
    { name: "pointwise", fields: { outChannels: 7, kernelSize: 1 }, input: [5, 4, 3] },
    {
      name: "asymmetric",
      fields: { outChannels: 3, kernelSize: [3, 5], stride: [2, 1], padding: [1, 2] },
      input: [2, 7, 6],
      quick: true,
    },
    {
      name: "one-axis-padded",
      fields: { outChannels: 3, kernelSize: 3, padding: [0, 2] },
      input: [2, 5, 5],
      quick: true,
    },
    { name: "row-kernel", fields: { outChannels: 3, kernelSize: [1, 7], padding: [0, 3] }, input: [2, 4, 8] },
    { name: "column-kernel", fields: { outChannels: 3, kernelSize: [7, 1] }, input: [2, 9, 4] },
    {
      name: "stride-over-kernel",
      fields: { outChannels: 3, kernelSize: 2, stride: 3 },
      input: [2, 9, 10],
      quick: true,
    },
    { name: "stride-leaves-a-rest", fields: { outChannels: 3, kernelSize: 3, stride: 2 }, input: [2, 8, 10] },
    { name: "kernel-is-input", fields: { outChannels: 5, kernelSize: [5, 4] }, input: [2, 5, 4] },
    { name: "padding-over-kernel", fields: { outChannels: 3, kernelSize: 1, padding: 2 }, input: [2, 3, 4] },
    { name: "one-pixel", fields: { outChannels: 3, kernelSize: 3, padding: 1 }, input: [4, 1, 1] },
    {
      name: "no-bias",
      fields: { outChannels: 4, kernelSize: 3, bias: false },
      input: [3, 5, 6],
      quick: true,
    },
    {
      name: "batch-of-one",
      fields: { outChannels: 5, kernelSize: 3, padding: 1 },
      input: [3, 7, 5],
      batch: 1,
    },
    {
      name: "odd-channels",
      fields: { outChannels: 9, kernelSize: 3, padding: 1 },
      input: [7, 6, 6],
      batch: 3,
    },
    {
      name: "first-layer",
      fields: { outChannels: 10, kernelSize: 11, stride: 4 },
      input: [1, 27, 31],
    },
    {
      name: "wide",
      fields: { outChannels: 16, kernelSize: 3, padding: 1 },
      input: [16, 12, 12],
      quick: true,
    },
    { name: "wide-odd", fields: { outChannels: 17, kernelSize: 3, padding: 1 }, input: [19, 11, 13] },
    { name: "wide-five", fields: { outChannels: 16, kernelSize: 5, padding: 2 }, input: [16, 11, 12] },
    {
      name: "96-channels",
      fields: { outChannels: 96, kernelSize: 3, padding: 1 },
      input: [8, 6, 6],
      batch: 1,
    },
  ],
};
