import type { LayerSamples } from "./layer-samples.js";
import { poolSamples } from "./pool-samples.js";

export const maxPool2dSamples: LayerSamples = { kind: "maxPool2d", samples: poolSamples };
