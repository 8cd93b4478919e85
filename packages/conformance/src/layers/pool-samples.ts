import type { LayerSample } from "./layer-samples.js";

/** Windows in every position that a pool can have, for max and average pools. */
export const poolSamples: readonly LayerSample[] = [
  { name: "overlapping", fields: { kernelSize: 3, stride: 2 }, input: [3, 7, 9] },
  {
    name: "ceil",
    fields: { kernelSize: 3, stride: 2, ceilMode: true },
    input: [3, 8, 6],
    quick: true,
  },
  { name: "floor-leaves-a-rest", fields: { kernelSize: 3, stride: 2 }, input: [3, 8, 6] },
  { name: "disjoint", fields: { kernelSize: 2, stride: 2 }, input: [2, 6, 8] },
  { name: "stride-one", fields: { kernelSize: 3, stride: 1 }, input: [2, 5, 6] },
  { name: "stride-over-kernel", fields: { kernelSize: 2, stride: 3 }, input: [2, 9, 10], quick: true },
  { name: "padded", fields: { kernelSize: 2, stride: 2, padding: 1 }, input: [3, 6, 6] },
  {
    name: "one-axis-padded",
    fields: { kernelSize: [3, 2], stride: [2, 1], padding: [1, 0] },
    input: [2, 7, 6],
    quick: true,
  },
  {
    name: "padded-ceil",
    fields: { kernelSize: 3, stride: 2, padding: 1, ceilMode: true },
    input: [2, 8, 7],
    quick: true,
  },
  {
    // The last window would start in the right padding and contain nothing, so that it is dropped.
    name: "ends-in-the-padding",
    fields: { kernelSize: 4, stride: 3, padding: 2, ceilMode: true },
    input: [2, 7, 8],
  },
  { name: "asymmetric", fields: { kernelSize: [2, 5], stride: [3, 2] }, input: [2, 8, 9] },
  { name: "kernel-is-input", fields: { kernelSize: [4, 5], stride: 1 }, input: [3, 4, 5] },
  {
    // A single window, which extends past the padded input by less than a stride.
    name: "kernel-over-input",
    fields: { kernelSize: 3, stride: 2, ceilMode: true },
    input: [3, 2, 2],
    quick: true,
  },
  {
    name: "kernel-over-padded-axis",
    fields: { kernelSize: [5, 2], stride: [3, 1], padding: [1, 0], ceilMode: true },
    input: [2, 2, 4],
    quick: true,
  },
  { name: "one-element", fields: { kernelSize: 1, stride: 2 }, input: [2, 5, 4] },
  { name: "odd-channels", fields: { kernelSize: 3, stride: 2 }, input: [7, 5, 5], batch: 3 },
  { name: "batch-of-one", fields: { kernelSize: 3, stride: 2, ceilMode: true }, input: [5, 6, 6], batch: 1 },
];
