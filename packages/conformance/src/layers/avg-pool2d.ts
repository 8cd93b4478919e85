import type { LayerSamples } from "./layer-samples.js";
import { poolSamples } from "./pool-samples.js";

export const avgPool2dSamples: LayerSamples = { kind: "avgPool2d", samples: poolSamples };
