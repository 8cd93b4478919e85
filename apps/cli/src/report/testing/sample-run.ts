import { at, builtinArchitecture, parseRecipe, resolvedPreprocessing } from "@nin/spec";
import type { EpochMetrics, MetricsLine, StepMetrics } from "@nin/training";
import type { RunConfig } from "@nin/training/node";
import type { ReportData, ReportSample } from "../report-data.js";

const STEPS_PER_EPOCH = 469;
const STEPS = 938;
const CLASS_IMAGES = 1000;
const SIDE = 28;

export const clothes: readonly string[] = [
  "t-shirt",
  "trouser",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "ankle boot",
];

/** Not a built-in one, whose values may move. */
const parsed = parseRecipe({
  format: "nin-recipe",
  version: 1,
  name: "robust",
  loss: "softmaxCrossEntropy",
  optimizer: { kind: "adamw", learningRate: 0.003, weightDecay: 0.0001 },
  schedule: { kind: "cosine", warmupSteps: 50 },
  preprocessing: { mean: 0.286, std: 0.353 },
  batchSize: 128,
  epochs: 2,
  seed: 0,
  init: { weight: "heUniform", bias: "zeros", overrides: {} },
});
const recipe = { ...parsed, preprocessing: resolvedPreprocessing(parsed.preprocessing) };

/** A finished run of two epochs, logged every ten steps. */
export function sampleRun(): ReportData {
  return {
    config: sampleConfig(),
    metrics: sampleMetrics(),
    status: "finished",
    imageSize: { channels: 1, height: SIDE, width: SIDE },
    samples: Array.from({ length: 20 }, (_, index) => sampleImage(index)),
  };
}

export function sampleConfig(): RunConfig {
  return {
    architecture: builtinArchitecture("nin-mnist"),
    recipe,
    data: {
      source: "fashion-mnist",
      limit: null,
      classNames: clothes,
      train: { count: 60_000, sha256: "0".repeat(64) },
      test: { count: 10_000, sha256: "0".repeat(64) },
    },
    backend: "onnxruntime",
    device: "cpu",
    precision: "f32",
    threads: 2,
    maxSteps: null,
    logEvery: 10,
    checkpointEvery: 200,
    evalLimit: null,
    versions: { node: "20.20.2", nin: "0.1.0", "onnxruntime-node": "1.30.0" },
  };
}

export function sampleStep(step: number): StepMetrics {
  return {
    kind: "step",
    step,
    epoch: Math.ceil(step / STEPS_PER_EPOCH),
    loss: (0.28 + 2.1 * Math.exp(-step / 70)) * (1 + 0.25 * wobble(step)),
    learningRate: 0.003,
    imagesPerSecond: 900 + 20 * wobble(step),
    elapsedMs: step * 140,
  };
}

export function sampleEpoch(epoch: number): EpochMetrics {
  const confusion = sampleConfusion(clothes.length, CLASS_IMAGES / (epoch * 16));
  const right = confusion.reduce((sum, row, label) => sum + at(row, label), 0);
  return {
    kind: "epoch",
    epoch,
    step: epoch * STEPS_PER_EPOCH,
    trainLoss: 0.2 + 0.4 / epoch,
    testLoss: 0.18 + 0.3 / epoch,
    testAccuracy: right / (CLASS_IMAGES * clothes.length),
    testImages: CLASS_IMAGES * clothes.length,
    confusion,
    imagesPerSecond: 905,
    elapsedMs: epoch * STEPS_PER_EPOCH * 150,
  };
}

/** Mistakes between classes that stand near each other; `mistakes` is the most of any two. */
export function sampleConfusion(classes: number, mistakes: number): number[][] {
  return Array.from({ length: classes }, (_, label) => {
    const row = Array.from({ length: classes }, (_, prediction) =>
      Math.max(
        0,
        Math.round((mistakes * (1 + wobble(label * 7 + prediction))) / (1 + (label - prediction) ** 2)),
      ),
    );
    row[label] = 0;
    row[label] = CLASS_IMAGES - row.reduce((sum, count) => sum + count, 0);
    return row;
  });
}

export function sampleImage(index: number, channels = 1): ReportSample {
  const label = Math.floor(index / 2) % clothes.length;
  return {
    pixels: Uint8Array.from(
      { length: channels * SIDE * SIDE },
      (_, at) => 127 + 127 * Math.sin((at % SIDE) / (2 + label)) * Math.cos(at / SIDE / (2 + index)),
    ),
    label,
    prediction: index % 2 === 0 ? label : (label + 2) % clothes.length,
    probability: 0.6 + 0.39 * Math.abs(wobble(index)),
    map: {
      values: Float32Array.from({ length: 49 }, (_, place) => 10 + 10 * wobble(index * 49 + place)),
      height: 7,
      width: 7,
    },
  };
}

function sampleMetrics(): MetricsLine[] {
  const steps = Array.from({ length: STEPS / 10 }, (_, index) => sampleStep(10 * (index + 1)));
  const lines: MetricsLine[] = [...steps, sampleEpoch(1), sampleEpoch(2)];
  return lines.sort((a, b) => a.step - b.step);
}

/** Between -1 and 1, the same for the same index. */
function wobble(index: number): number {
  const value = Math.sin(index * 12.9898) * 43758.5453;
  return 2 * (value - Math.floor(value)) - 1;
}
