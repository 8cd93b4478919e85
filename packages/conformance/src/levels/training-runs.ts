import type { DatasetPair, ImageDataset } from "@nin/data";
import { type Architecture, at, type Optimizer, parseRecipe, type Recipe } from "@nin/spec";
import type { CaseContext } from "../case/case.js";
import { architectureOf, randomBytes } from "../networks/inputs.js";
import { type ExpectedRun, expectedRun } from "../trajectory/expected-run.js";
import { type EpochRun, epochPlan } from "../trajectory/plan.js";

/** Two blocks, both kinds of pools, two dropouts. */
const nin: Architecture = architectureOf(
  [1, 10, 10],
  [
    { kind: "ninBlock", outChannels: 8, kernelSize: 3, padding: 1, mlpChannels: [6] },
    { kind: "maxPool2d", kernelSize: 3, stride: 2, ceilMode: true },
    { kind: "dropout", rate: 0.2 },
    { kind: "ninBlock", outChannels: 8, kernelSize: 3, padding: 1, mlpChannels: [4] },
    { kind: "avgPool2d", kernelSize: 3, stride: 2, ceilMode: true },
    { kind: "dropout", rate: 0.1 },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
  ],
  "nin",
);

/** A strided convolution and two linear layers. */
const linearHead: Architecture = architectureOf(
  [1, 8, 8],
  [
    { kind: "conv2d", outChannels: 6, kernelSize: 3, stride: 2 },
    { kind: "relu" },
    { kind: "dropout", rate: 0.25 },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 12 },
    { kind: "relu" },
    { kind: "dropout", rate: 0.1 },
    { kind: "linear", outFeatures: 4 },
  ],
  "linear-head",
);

const networks = { nin, "linear-head": linearHead } as const;

export type NetworkName = keyof typeof networks;

const SGD = { kind: "sgd", learningRate: 0.1, momentum: 0, weightDecay: 0 } as const;

/** Optimizers with learning rates at which the small networks learn. */
export const optimizers = {
  sgd: { ...SGD, learningRate: 0.1 },
  momentum: { ...SGD, learningRate: 0.02, momentum: 0.9, weightDecay: 0.001 },
  adamw: {
    kind: "adamw",
    learningRate: 0.01,
    beta1: 0.9,
    beta2: 0.98,
    epsilon: 1e-8,
    weightDecay: 0.01,
  },
} as const satisfies Readonly<Record<string, Optimizer>>;

export type OptimizerName = keyof typeof optimizers;

/** What a run is made of. */
export interface RunChoice {
  readonly network: NetworkName;
  readonly optimizer: OptimizerName;
  readonly epochs: number;
  /** Replaces the optimizer's own. */
  readonly learningRate?: number;
  /** Number of training images; the default of 50 leaves a batch of 2 at the end of each epoch. */
  readonly trainCount?: number;
  /** `constant` by default. */
  readonly schedule?: Partial<Recipe["schedule"]>;
  readonly evaluates?: boolean;
  /** 7 by default. */
  readonly seed?: number;
}

const BATCH_SIZE = 8;
/** Leaves a batch of 4. */
const TEST_COUNT = 20;

/** A training on noisy textures. Another sample starts from other weights and takes the images in another order. */
export function epochRun(choice: RunChoice, sample = 0): EpochRun {
  const {
    network,
    optimizer,
    epochs,
    learningRate,
    trainCount = 50,
    schedule = {},
    evaluates = false,
    seed = 7,
  } = choice;
  const architecture = networks[network];
  const recipe = parseRecipe({
    format: "nin-recipe",
    version: 1,
    name: "trajectory",
    loss: "softmaxCrossEntropy",
    optimizer: { ...optimizers[optimizer], ...(learningRate === undefined ? {} : { learningRate }) },
    schedule: { kind: "constant", ...schedule },
    preprocessing: { mean: 0.3, std: 0.3 },
    batchSize: BATCH_SIZE,
    epochs,
    seed: seed + sample,
    init: { weight: "heUniform", bias: "zeros", overrides: { last: { bias: 1 } } },
  });
  return { architecture, recipe, data: textureData(trainCount, TEST_COUNT), evaluates };
}

/** A training, and the oracle's steps of it. */
export interface ExpectedEpochs extends ExpectedRun {
  readonly run: EpochRun;
}

/** As `expectedRun`, for a training that `trainModel` runs. */
export async function expectedEpochs(context: CaseContext, choice: RunChoice): Promise<ExpectedEpochs> {
  let run = epochRun(choice);
  const expected = await expectedRun(context, (sample) => {
    run = epochRun(choice, sample);
    return epochPlan(run);
  });
  return { ...expected, run };
}

const SIZE = 8;
const CLASS_NAMES = ["rows", "columns", "checkerboard", "plain"];
/** What a bright pixel adds to noise of up to 127. */
const CONTRAST = 128;

/**
 * Noisy 8x8 textures of four classes, which a network of a few channels learns in about 20 steps, even if it averages
 * over the image.
 */
function textureData(train: number, test: number): DatasetPair {
  return { train: textures(train, 1), test: textures(test, 2) };
}

function textures(count: number, seed: number): ImageDataset {
  const noise = randomBytes(count * SIZE ** 2, seed);
  const labels = Uint8Array.from({ length: count }, (_, image) => image % CLASS_NAMES.length);
  const images = noise.map((byte, index) => {
    const [x, y] = [index % SIZE, Math.floor(index / SIZE) % SIZE];
    const isBright = brightness(at(labels, Math.floor(index / SIZE ** 2)), x, y);
    return (byte >> 1) + (isBright ? CONTRAST : 0);
  });
  return {
    name: "textures",
    classes: CLASS_NAMES.length,
    classNames: CLASS_NAMES,
    channels: 1,
    height: SIZE,
    width: SIZE,
    images,
    labels,
    count,
  };
}

function brightness(label: number, x: number, y: number): boolean {
  if (label === 0) return y % 2 === 0;
  if (label === 1) return x % 2 === 0;
  return label === 2 && (x + y) % 2 === 0;
}
