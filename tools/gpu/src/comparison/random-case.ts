import {
  classCount,
  elementCount,
  initialParameters,
  PURPOSE,
  philox,
  philoxKey,
} from "../../../packages/spec/dist/index.js";

/** Float32 values in [-1, 1), the same for a seed every time. */
export function randomTensor(shape, seed) {
  const words = new Uint32Array(4);
  const key = philoxKey(seed);
  const data = Float32Array.from({ length: elementCount(shape) }, (_, e) => {
    if (e % 4 === 0) philox(key, e / 4, 0, 0, PURPOSE.synthetic, words);
    return 2 * (words[e % 4] / 2 ** 32) - 1;
  });
  return { shape, data };
}

/** Images in [-1, 1) with labels. */
export function randomBatch(architecture, count, seed) {
  const { channels, height, width } = architecture.input;
  const classes = classCount(architecture);
  const labels = randomTensor([count], seed + 1).data;
  return {
    input: randomTensor([count, channels, height, width], seed),
    labels: Int32Array.from(labels, (value) => Math.floor(((value + 1) / 2) * classes)),
  };
}

/** Initial weights that keep activations' sizes, with biases. */
export function heParameters(architecture, seed) {
  return initialParameters(architecture, { weight: "heUniform", bias: "uniformFanIn", overrides: {} }, seed);
}
