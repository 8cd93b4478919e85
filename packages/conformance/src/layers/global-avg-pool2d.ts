import type { LayerSamples } from "./layer-samples.js";

const AFTER = [{ kind: "flatten" }];

export const globalAvgPool2dSamples: LayerSamples = {
  kind: "globalAvgPool2d",
  samples: [
    { name: "image", fields: {}, input: [3, 5, 7], after: AFTER, quick: true },
    { name: "row", fields: {}, input: [4, 1, 6], after: AFTER },
    { name: "one-pixel", fields: {}, input: [3, 1, 1], after: AFTER },
    { name: "batch-of-one", fields: {}, input: [5, 4, 3], batch: 1 },
    { name: "before-a-convolution", fields: {}, input: [3, 3, 4], after: convolutionHead(), quick: true },
  ],
};

function convolutionHead(): readonly object[] {
  return [{ kind: "conv2d", outChannels: 4, kernelSize: 1 }, { kind: "flatten" }];
}
