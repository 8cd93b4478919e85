import type { CompileOptions } from "@nin/backend";
import type { Architecture, NamedTensors, Tensor } from "@nin/spec";
import { createReferenceBackend, type ReferenceModel, type ReferenceOptions } from "../backend.js";
import { architectureOf } from "./architectures.js";
import { randomNumbers, randomTensor } from "./random-tensors.js";

/** 1x4x4 to three classes, with a dropout. */
export const smallArchitecture: Architecture = architectureOf(
  [1, 4, 4],
  [
    { kind: "ninBlock", outChannels: 3, kernelSize: 3, padding: 1, mlpChannels: [2] },
    { kind: "maxPool2d", kernelSize: 2, stride: 2 },
    { kind: "dropout", rate: 0.5 },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 3 },
  ],
);

export const smallImages = { channels: 1, height: 4, width: 4, preprocessing: { mean: 0, std: 1 } } as const;

/** The small network with random parameters, the same every time. */
export async function smallModel(
  options: CompileOptions = {},
  reference: ReferenceOptions = {},
): Promise<ReferenceModel> {
  const model = await createReferenceBackend(reference).compile(smallArchitecture, options);
  await model.writeParameters(randomParameters(await model.readParameters()));
  return model;
}

/** Other values for the same parameters. */
export function randomParameters(like: NamedTensors, seed = 1): NamedTensors {
  const next = randomNumbers(seed);
  return new Map([...like].map(([name, { shape }]) => [name, randomTensor(shape, next)]));
}

/** A batch of random images in [-1, 1). */
export function randomInput(count: number, seed = 2): Tensor {
  return randomTensor([count, 1, 4, 4], randomNumbers(seed));
}
