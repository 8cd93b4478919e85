import type { Dataset } from "@nin/backend";
import {
  type Architecture,
  at,
  classCount,
  elementCount,
  initialParameters,
  type NamedTensors,
  namedParameters,
  type PhiloxKey,
  PURPOSE,
  philox,
  philoxKey,
  type Tensor,
} from "@nin/spec";
import type { SyntheticData } from "./fixture.js";

/** The index of the counter of each kind of random number; `nin_torch/synthetic.py` has the same. */
const INDEX = { input: 0, label: 1, image: 2 } as const;

/** The weights of a fixture. */
export function syntheticParameters(
  architecture: Architecture,
  { seed, values, init }: SyntheticData,
): NamedTensors {
  return values === "uniform"
    ? initialParameters(architecture, init, seed)
    : integerParameters(architecture, seed);
}

/** The batch of a fixture: numbers in [-1, 1), or integers from -2 to 2. Shapes: [N, C, H, W]. */
export function syntheticBatch(
  architecture: Architecture,
  { seed, batch, values }: SyntheticData,
): { readonly input: Tensor; readonly labels: Uint8Array } {
  const { channels, height, width } = architecture.input;
  const shape = [batch, channels, height, width];
  const words = philoxWords(seed, elementCount(shape), INDEX.input);
  const element = (word: number): number =>
    values === "uniform" ? 2 * uniform(word) - 1 : Math.floor(5 * uniform(word)) - 2;
  return {
    input: { shape, data: Float32Array.from(words, element) },
    labels: syntheticLabels(batch, classCount(architecture), seed),
  };
}

/**
 * The images of a run, of one channel. They are brighter for a higher label, so that a few steps learn:
 * `floor(byte * (label+1) / classes)`, where `byte` is the high 8 bits of a word.
 */
export function syntheticImages(architecture: Architecture, count: number, seed: number): Dataset {
  const classes = classCount(architecture);
  const imageBytes = architecture.input.height * architecture.input.width;
  const labels = syntheticLabels(count, classes, seed);
  const images = Uint8Array.from(philoxWords(seed, count * imageBytes, INDEX.image), (word, position) => {
    const label = at(labels, Math.floor(position / imageBytes));
    return Math.floor(((word >>> 24) * (label + 1)) / classes);
  });
  return { images, labels };
}

/** Multiples of 1/4 from -1/2 to 1/2, whose products with integers have exact sums in float32. */
function integerParameters(architecture: Architecture, seed: number): NamedTensors {
  return new Map(
    namedParameters(architecture).map(({ name, shape, ordinal, role }): [string, Tensor] => {
      const words = philoxWords(seed, elementCount(shape), ordinal, 0, PURPOSE[role]);
      const data = Float32Array.from(words, (word) => (Math.floor(5 * uniform(word)) - 2) / 4);
      return [name, { shape, data }];
    }),
  );
}

function syntheticLabels(count: number, classes: number, seed: number): Uint8Array {
  return Uint8Array.from(philoxWords(seed, count, INDEX.label), (word) =>
    Math.floor(uniform(word) * classes),
  );
}

/** Words 0 to `count`-1 of the counters (floor(e/4), index, time, purpose). */
export function philoxWords(
  seed: number,
  count: number,
  index: number,
  time = 0,
  purpose: number = PURPOSE.synthetic,
): Uint32Array {
  const key: PhiloxKey = philoxKey(seed);
  const four = new Uint32Array(4);
  const words = new Uint32Array(count);
  for (let e = 0; e < count; e += 1) {
    if (e % 4 === 0) philox(key, e / 4, index, time, purpose, four);
    words[e] = at(four, e % 4);
  }
  return words;
}

/** A word as `word / 2^32`, in [0, 1). */
export function uniform(word: number): number {
  return word / 2 ** 32;
}
