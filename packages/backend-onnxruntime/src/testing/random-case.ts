import type { LabelledBatch } from "@nin/backend";
import { type Architecture, classCount, initialParameters, type NamedTensors } from "@nin/spec";
import { randomLabels, randomTensor } from "./random-tensors.js";

/** Initial weights that keep activations' sizes, with biases. */
export function heParameters(architecture: Architecture, seed: number): NamedTensors {
  return initialParameters(architecture, { weight: "heUniform", bias: "uniformFanIn", overrides: {} }, seed);
}

/** Images in [-1, 1) with labels. */
export function randomBatch(
  architecture: Architecture,
  count: number,
  seed: number,
): LabelledBatch & {
  readonly input: ReturnType<typeof randomTensor>;
} {
  const { channels, height, width } = architecture.input;
  return {
    input: randomTensor([count, channels, height, width], seed),
    labels: randomLabels(count, classCount(architecture), seed + 1),
  };
}
