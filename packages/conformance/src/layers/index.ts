import type { LayerKindName } from "@nin/spec";
import { avgPool2dSamples } from "./avg-pool2d.js";
import { conv2dSamples } from "./conv2d.js";
import { dropoutSamples } from "./dropout.js";
import { flattenSamples } from "./flatten.js";
import { globalAvgPool2dSamples } from "./global-avg-pool2d.js";
import type { LayerSample, LayerSamples } from "./layer-samples.js";
import { linearSamples } from "./linear.js";
import { maxPool2dSamples } from "./max-pool2d.js";
import { ninBlockSamples } from "./nin-block.js";
import { reluSamples } from "./relu.js";

const everyKind: Readonly<Record<LayerKindName, LayerSamples>> = {
  conv2d: conv2dSamples,
  relu: reluSamples,
  maxPool2d: maxPool2dSamples,
  avgPool2d: avgPool2dSamples,
  globalAvgPool2d: globalAvgPool2dSamples,
  flatten: flattenSamples,
  dropout: dropoutSamples,
  linear: linearSamples,
  ninBlock: ninBlockSamples,
};

/** A sample with its layer kind. */
export interface SampleOfKind {
  readonly kind: LayerKindName;
  readonly sample: LayerSample;
}

/** Every sample of every layer kind. */
export const layerSamples: readonly SampleOfKind[] = Object.values(everyKind).flatMap(({ kind, samples }) =>
  samples.map((sample) => ({ kind, sample })),
);
