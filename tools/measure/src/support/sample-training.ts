import type { Backend, ImageFormat, Model, Precision, TrainingSession } from "@nin/backend";
import {
  type Architecture,
  type Augmentation,
  builtinArchitecture,
  builtinRecipe,
  initialParameters,
  parseArchitecture,
} from "@nin/spec";

const recipe = builtinRecipe("robust");

/** A network whose steps take little time, with a convolution by Winograd's transforms and one without. */
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

/** A built-in network, or `small`. */
export function architectureOf(name: string): Architecture {
  return name === SMALL.name ? SMALL : builtinArchitecture(name);
}

/** What is trained. */
export interface SampleOptions {
  readonly architecture: Architecture;
  readonly batch: number;
  /** The number of images in the data set. */
  readonly count?: number;
  readonly precision?: Precision;
  readonly augmentation?: Augmentation;
}

/** A training on a data set that its session keeps. */
export interface SampleTraining {
  readonly model: Model;
  readonly session: TrainingSession;
  /** Enqueues a step on some images of the data set, a whole batch by default. */
  step(step: number, count?: number): Promise<void>;
}

/** A compiled network with initial weights, and the images that it takes. */
export interface SampleModel {
  readonly model: Model;
  /** Images of Fashion-MNIST's size, resized on the device, where the network's input is larger. */
  readonly imageFormat: ImageFormat;
}

/** Compiles a network and gives it the weights that `robust` begins with. */
export async function openModel(
  backend: Backend,
  device: string,
  { architecture, batch }: SampleOptions,
): Promise<SampleModel> {
  const imageFormat = sampleFormat(architecture);
  const model = await backend.compile(architecture, { device, maxBatch: batch, imageFormat });
  await model.writeParameters(initialParameters(architecture, recipe.init, 0));
  return { model, imageFormat };
}

/** The images that a sample model takes. */
export function sampleFormat({ input: { channels, height, width } }: Architecture): ImageFormat {
  const preprocessing = { mean: 0.286, std: 0.353 };
  return { channels, height: Math.min(28, height), width: Math.min(28, width), preprocessing };
}

/** Bytes without meaning, the same each time. */
export function sampleImages({ channels, height, width }: ImageFormat, count: number): Uint8Array {
  const length = count * channels * height * width;
  return Uint8Array.from({ length }, (_, index) => (index * 2654435761) >>> 24);
}

/** Begins a training on bytes without meaning, the same each time. */
export async function openTraining(
  backend: Backend,
  device: string,
  options: SampleOptions,
): Promise<SampleTraining> {
  const { batch, count = 256, augmentation } = options;
  const { model, imageFormat } = await openModel(backend, device, options);
  const dataset = {
    images: sampleImages(imageFormat, count),
    labels: Uint8Array.from({ length: count }, (_, index) => index % 10),
  };
  const augmented = augmentation === undefined ? {} : { augmentation };
  const session = await model.train({ optimizer: recipe.optimizer, seed: 0, dataset, ...augmented });
  return {
    model,
    session,
    step: (step, length = batch) => {
      const indices = Uint32Array.from({ length }, (_, k) => (step * batch + k) % count);
      return session.step({ indices }, { learningRate: 0.001, epoch: Math.floor((step * batch) / count) });
    },
  };
}

/** Collects JavaScript's garbage, which holds native memory, where Node was started with `--expose-gc`. */
export function collectGarbage(): void {
  globalThis.gc?.();
}
