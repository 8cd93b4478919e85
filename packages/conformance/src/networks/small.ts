import type { CompileOptions, Model } from "@nin/backend";
import type { Architecture } from "@nin/spec";
import type { CaseContext } from "../case/case.js";
import { architectureOf, heParameters, type LabelledInput, randomBatch } from "./inputs.js";

/**
 * A network from 1x4x4 to three classes, with a block, a pool and a dropout, for what does not depend on the layers.
 */
export const smallArchitecture: Architecture = architectureOf(
  [1, 4, 4],
  [
    { kind: "ninBlock", outChannels: 3, kernelSize: 3, padding: 1, mlpChannels: [2] },
    { kind: "maxPool2d", kernelSize: 2, stride: 2 },
    { kind: "dropout", rate: 0.5 },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 3 },
  ],
  "small",
);

/** The format of byte images for the small network. */
export const smallImages = { channels: 1, height: 4, width: 4, preprocessing: { mean: 0, std: 1 } } as const;

/** The small network on the backend under test, for up to 8 images, always with the same random parameters. */
export async function smallModel(
  context: CaseContext,
  options: Omit<CompileOptions, "device"> = {},
): Promise<Model> {
  const model = await context.compile(smallArchitecture, { maxBatch: 8, ...options });
  await model.writeParameters(heParameters(smallArchitecture, 1));
  return model;
}

/** A batch for the small network. */
export function smallBatch(count = 4, seed = 2): LabelledInput {
  return randomBatch(smallArchitecture, count, seed);
}

/** SGD with momentum and weight decay. */
export const SGD = { kind: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 } as const;

/** SGD without any state. */
export const PLAIN_SGD = { kind: "sgd", learningRate: 0.1, momentum: 0, weightDecay: 0 } as const;

export const ADAMW = {
  kind: "adamw",
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.1,
} as const;
