import type { Model } from "@nin/backend";
import { createReferenceBackend } from "@nin/backend-reference";
import {
  defineArchitecture,
  dropout,
  flatten,
  globalAvgPool2d,
  initialParameters,
  type LayerDefinition,
  linear,
  maxPool2d,
  ninBlock,
  parseRecipe,
} from "@nin/spec";
import { smallData, smallRecipe } from "./small-training.js";

/** A small NiN whose last block has so many channels, and what follows its global average pooling. */
export function pooledNetwork(channels: number, head: readonly LayerDefinition[]) {
  return defineArchitecture({
    input: { channels: 1, height: 8, width: 8 },
    layers: [
      ninBlock({ outChannels: 5, kernelSize: 3, padding: 1, mlpChannels: [4] }),
      maxPool2d({ kernelSize: 2, stride: 2, padding: [0, 1] }),
      dropout({ rate: 0.5 }),
      ninBlock({ outChannels: 6, kernelSize: 3, padding: 1, mlpChannels: [channels] }),
      globalAvgPool2d(),
      ...head,
    ],
  });
}

/** Ten classes, each with a map of its own. */
export const pooledNin = pooledNetwork(10, [flatten()]);

/** Ten classes, each a weighting of seven maps. */
export const weighedNetwork = pooledNetwork(7, [
  flatten(),
  dropout({ rate: 0.5 }),
  linear({ outFeatures: 10 }),
]);

/** A network on the reference backend, for batches of up to 20 images of the small data, with random weights. */
export async function explainedModel(architecture = pooledNin): Promise<Model> {
  const { channels, height, width } = smallData.test;
  const { preprocessing } = smallRecipe();
  const model = await createReferenceBackend().compile(architecture, {
    maxBatch: 20,
    imageFormat: { channels, height, width, preprocessing },
  });
  const init = { weight: "heUniform", bias: "uniformFanIn" } as const;
  const recipe = parseRecipe(smallRecipe({}, { init }));
  await model.writeParameters(initialParameters(architecture, recipe.init, 5));
  return model;
}
