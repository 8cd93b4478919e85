import type { Model } from "@nin/backend";
import { createReferenceBackend } from "@nin/backend-reference";
import { type DatasetPair, syntheticDataset } from "@nin/data";
import {
  type Architecture,
  parseArchitecture,
  parseRecipe,
  type Recipe,
  type ResolvedRecipe,
  resolvedPreprocessing,
} from "@nin/spec";

/** A network that trains in milliseconds, dropout and all. */
export const smallArchitecture: Architecture = parseArchitecture({
  format: "nin-architecture",
  version: 1,
  name: "small",
  input: { channels: 1, height: 8, width: 8 },
  layers: [
    { kind: "conv2d", outChannels: 4, kernelSize: 3, stride: 2 },
    { kind: "relu" },
    { kind: "dropout", rate: 0.25 },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 10 },
  ],
});

/** 50 images in batches of 8: seven steps an epoch, the last one of 2 images. */
export const smallData: DatasetPair = syntheticDataset({ size: 8, train: 50, test: 20 });

export function smallRecipe(optimizer: object = {}, changes: object = {}): ResolvedRecipe {
  const recipe = parseRecipe({
    format: "nin-recipe",
    version: 1,
    name: "small",
    loss: "softmaxCrossEntropy",
    optimizer: { kind: "sgd", learningRate: 0.1, momentum: 0.9, ...optimizer },
    schedule: { kind: "cosine", warmupSteps: 3 },
    preprocessing: { mean: 0.3, std: 0.3 },
    batchSize: 8,
    epochs: 2,
    seed: 7,
    init: { weight: "heUniform", bias: "zeros" },
    ...changes,
  });
  return { ...recipe, preprocessing: resolvedPreprocessing(recipe.preprocessing) };
}

export function smallModel(recipe: Recipe = smallRecipe()): Promise<Model> {
  const { channels, height, width } = smallData.train;
  return createReferenceBackend().compile(smallArchitecture, {
    maxBatch: 20,
    imageFormat: { channels, height, width, preprocessing: resolvedPreprocessing(recipe.preprocessing) },
  });
}
