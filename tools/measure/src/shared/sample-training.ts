/** Pieces of webgpu-lifetime.mjs: models, data sets and training runs whose resources are watched. */
import {
  builtinArchitecture,
  builtinRecipe,
  initialParameters,
  parseArchitecture,
} from "../../../packages/spec/dist/index.js";

const recipe = builtinRecipe("robust");

/** A network whose steps take little time, with a convolution by transforms and one without. */
export const SMALL = parseArchitecture({
  format: "nin-architecture",
  version: 1,
  name: "small",
  input: { channels: 1, height: 12, width: 12 },
  layers: [
    { kind: "ninBlock", outChannels: 32, kernelSize: 3, padding: 1, mlpChannels: [32] },
    { kind: "maxPool2d", kernelSize: 3, stride: 2 },
    { kind: "dropout", rate: 0.5 },
    { kind: "ninBlock", outChannels: 32, kernelSize: 5, padding: 2, mlpChannels: [10] },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
  ],
});

export function architectureOf(name) {
  return name === SMALL.name ? SMALL : builtinArchitecture(name);
}

/** Bytes without meaning, the same each time. */
function drawnDataset(images, imageBytes) {
  return {
    images: Uint8Array.from({ length: images * imageBytes }, (_, index) => (index * 2654435761) >>> 24),
    labels: Uint8Array.from({ length: images }, (_, index) => index % 10),
  };
}

/** A model that trains on a data set that lies on its device. */
export async function openTraining(backend, device, { architecture, batch, images = 256 }) {
  const { channels, height, width } = architecture.input;
  // Fashion-MNIST's images, resized on the device, where the network's are larger.
  const format = { channels, height: Math.min(28, height), width: Math.min(28, width) };
  const model = await backend.compile(architecture, {
    device,
    maxBatch: batch,
    imageFormat: { ...format, preprocessing: recipe.preprocessing },
  });
  await model.writeParameters(initialParameters(architecture, recipe.init, 0));
  const dataset = drawnDataset(images, format.channels * format.height * format.width);
  const session = await model.train({ optimizer: recipe.optimizer, seed: 0, dataset });
  const indices = (step, length) => Uint32Array.from({ length }, (_, k) => (step * batch + k) % images);
  return {
    model,
    session,
    step: (step, count = batch) => session.step({ indices: indices(step, count) }, { learningRate: 0.001 }),
  };
}

/** Median, least and most. */
export function spreadOf(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part) => Number((sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(3));
  return { median: at(0.5), least: at(0), most: at(1) };
}
