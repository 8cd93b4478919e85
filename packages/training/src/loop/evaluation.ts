import { crossEntropy, type Model } from "@nin/backend";
import type { ImageDataset } from "@nin/data";
import type { Shape } from "@nin/spec";
import { labelledSlice } from "./labelled-slice.js";
import { requireInteger } from "./plan.js";

/** How a model is evaluated. */
export interface EvaluateOptions {
  /** The first so many images; all by default. */
  readonly limit?: number;
  /** Images a batch, at most the model's `maxBatch`; 128 by default. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly images: number; readonly totalImages: number }) => void;
}

/** How well a model does on labelled images. */
export interface EvaluationResult {
  readonly images: number;
  /** Mean over the images, by log-sum-exp in float64. */
  readonly loss: number;
  /** Fraction of the images whose label is the first maximum of the scores. */
  readonly accuracy: number;
  readonly correct: number;
  /** Rows are labels, columns predictions. */
  readonly confusion: readonly (readonly number[])[];
  /** The prediction of each image, in order. */
  readonly predictions: Uint16Array;
  /** The softmax probability of each prediction. */
  readonly probabilities: Float32Array;
}

/**
 * Evaluates a model through `predict`, dropout off.
 *
 * Throws: `TrainingOptionError`; the signal's reason when aborted; what the model throws.
 */
export async function evaluateModel(
  model: Model,
  dataset: ImageDataset,
  options: EvaluateOptions = {},
): Promise<EvaluationResult> {
  const { limit, batchSize = 128, signal, onProgress } = options;
  requireInteger("limit", limit, 1);
  requireInteger("batchSize", batchSize, 1);
  const count = Math.min(limit ?? dataset.count, dataset.count);
  const scores = new Scores(dataset, count);
  for (let start = 0; start < count; start += batchSize) {
    signal?.throwIfAborted();
    const end = Math.min(start + batchSize, count);
    const { images } = labelledSlice(dataset, start, end);
    const { shape, data } = await model.predict({ images });
    scores.add({ shape, data: Float64Array.from(data) }, start);
    onProgress?.({ images: end, totalImages: count });
  }
  return scores.result();
}

class Scores {
  readonly #predictions: Uint16Array;
  readonly #probabilities: Float32Array;
  readonly #confusion: number[][];
  #lossSum = 0;
  #correct = 0;

  constructor(
    private readonly dataset: ImageDataset,
    private readonly count: number,
  ) {
    this.#predictions = new Uint16Array(count);
    this.#probabilities = new Float32Array(count);
    this.#confusion = Array.from({ length: dataset.classes }, () => Array(dataset.classes).fill(0));
  }

  add({ shape, data }: { readonly shape: Shape; readonly data: Float64Array }, start: number): void {
    const [images = 0, classes = 0] = shape;
    for (let index = 0; index < images; index += 1) {
      this.#addImage(data.subarray(index * classes, (index + 1) * classes), start + index);
    }
  }

  result(): EvaluationResult {
    return {
      images: this.count,
      loss: this.#lossSum / this.count,
      accuracy: this.#correct / this.count,
      correct: this.#correct,
      confusion: this.#confusion,
      predictions: this.#predictions,
      probabilities: this.#probabilities,
    };
  }

  #addImage(scores: Float64Array, image: number): void {
    const label = this.dataset.labels[image] ?? Number.NaN;
    const { loss, predictedClass, probability } = crossEntropy(scores, label);
    this.#lossSum += loss;
    this.#predictions[image] = predictedClass;
    this.#probabilities[image] = probability;
    if (predictedClass === label) this.#correct += 1;
    const row = this.#confusion[label];
    if (row !== undefined) row[predictedClass] = (row[predictedClass] ?? 0) + 1;
  }
}
