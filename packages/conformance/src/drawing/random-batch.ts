import type { LabelledBatch } from "@nin/backend";
import { type Architecture, classCount, initialParameters, type Parameters, type Tensor } from "@nin/spec";
import { randomLabels, randomTensor } from "./random-tensors.js";

/** A batch with labels whose images are the network's input. */
export type LabelledInput = LabelledBatch & { readonly input: Tensor };

/** Initial weights that keep activations' sizes, with biases. */
export function heParameters(architecture: Architecture, seed: number): Parameters {
  return initialParameters(architecture, { weight: "heUniform", bias: "uniformFanIn", overrides: {} }, seed);
}

/** Images in [-1, 1) with labels. */
export function randomBatch(architecture: Architecture, count: number, seed: number): LabelledInput {
  const { channels, height, width } = architecture.input;
  return {
    input: randomTensor([count, channels, height, width], seed),
    labels: randomLabels(count, classCount(architecture), seed + 1),
  };
}
