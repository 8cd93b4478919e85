import type { LabelledBatch } from "@nin/backend";
import {
  type Architecture,
  at,
  classCount,
  elementCount,
  initialParameters,
  type NamedTensors,
  PURPOSE,
  parseArchitecture,
  philox,
  philoxKey,
  type Shape,
  type Tensor,
} from "@nin/spec";

/** [channels, height, width]. */
export type ImageShape = readonly [number, number, number];

/** The architecture that has these layers, for images of this shape. */
export function architectureOf(
  [channels, height, width]: ImageShape,
  layers: readonly object[],
  name = "case",
): Architecture {
  return parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name,
    input: { channels, height, width },
    layers,
  });
}

/** Float32 values in [-1, 1), always the same for a seed. */
export function randomTensor(shape: Shape, seed: number): Tensor {
  const words = new Uint32Array(4);
  const key = philoxKey(seed);
  const data = Float32Array.from({ length: elementCount(shape) }, (_, index) => {
    if (index % 4 === 0) philox(key, index / 4, 0, 0, PURPOSE.synthetic, words);
    return 2 * (at(words, index % 4) / 2 ** 32) - 1;
  });
  return { shape, data };
}

/** Bytes from 0 to 255. */
export function randomBytes(count: number, seed: number): Uint8Array {
  return Uint8Array.from(randomTensor([count], seed).data, (value) => Math.floor((value + 1) * 128));
}

/** Labels from 0 to `classes` - 1. */
export function randomLabels(count: number, classes: number, seed: number): Uint8Array {
  return randomBytes(count, seed).map((byte) => byte % classes);
}

/** A labelled batch whose images are given as the network's input. */
export type LabelledInput = LabelledBatch & { readonly input: Tensor };

/** Initial weights that keep the size of activations from layer to layer, and random biases. */
export function heParameters(architecture: Architecture, seed: number): NamedTensors {
  return initialParameters(architecture, { weight: "heUniform", bias: "uniformFanIn", overrides: {} }, seed);
}

/** Images in [-1, 1), with labels. */
export function randomBatch(architecture: Architecture, count: number, seed: number): LabelledInput {
  const { channels, height, width } = architecture.input;
  return {
    input: randomTensor([count, channels, height, width], seed),
    labels: randomLabels(count, classCount(architecture), seed + 1),
  };
}

/** The parameters, each value moved up or down at random by `distance` of itself. */
export function perturbed(parameters: NamedTensors, seed: number, distance: number): NamedTensors {
  return new Map(
    [...parameters].map(([name, { shape, data }], index) => {
      const noise = randomTensor(shape, 1000 * seed + index + 1).data;
      const moved = Float64Array.from(data, (value, i) => value * (1 + distance * Math.sign(at(noise, i))));
      return [name, { shape, data: moved }];
    }),
  );
}
