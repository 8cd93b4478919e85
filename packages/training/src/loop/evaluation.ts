import { crossEntropy, type Evaluation, type Model, type TrainingSession } from "@nin/backend";
import { type ClassLabels, type ImageSource, isInMemory, orderedBatches, readImages } from "@nin/data";
import { at } from "@nin/spec";
import type { EvaluationProgress, TrainingEvent } from "./events.js";
import { requireInteger } from "./plan.js";

/** How a model is evaluated. */
export interface EvaluateOptions {
  /** The number of images to use, the first ones; all by default. */
  readonly limit?: number;
  /** The number of images in a batch, at most the model's `maxBatch`; 128 by default. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly count: number; readonly totalCount: number }) => void;
}

/** How well a model does on labelled images. */
export interface EvaluationResult {
  /** The number of images evaluated. */
  readonly count: number;
  /** Mean over the images, by log-sum-exp in float64. */
  readonly loss: number;
  /** Fraction of the images whose label is the first maximum of the scores. */
  readonly accuracy: number;
  readonly correct: number;
  /** Rows are labels, columns predictions: [classes of the data set, scores of the network]. */
  readonly confusion: readonly (readonly number[])[];
  /** The prediction of each image, in order. */
  readonly predictions: Uint16Array;
  /** The softmax probability of each prediction. */
  readonly probabilities: Float32Array;
}

/**
 * Evaluates a model through `predict`, without dropout.
 *
 * @throws TrainingOptionError for an invalid option
 * @throws the signal's reason when it aborts, and what the model throws
 *
 * @example
 * ```ts
 * const { accuracy } = await evaluateModel(model, data.test, { limit: 1000 });
 * ```
 */
export async function evaluateModel(
  model: Model,
  dataset: ImageSource,
  options: EvaluateOptions = {},
): Promise<EvaluationResult> {
  const { limit, batchSize = 128, signal, onProgress } = options;
  requireInteger("limit", limit, 1);
  requireInteger("batchSize", batchSize, 1);
  const count = Math.min(limit ?? dataset.count, dataset.count);
  const scores = new Scores(dataset, count);
  announce(dataset, count, batchSize);
  for (let start = 0; start < count; start += batchSize) {
    signal?.throwIfAborted();
    const end = Math.min(start + batchSize, count);
    const { images } = await labelledSlice(dataset, start, end);
    scores.add(Float64Array.from((await model.predict({ images })).data), start, end);
    onProgress?.({ count: end, totalCount: count });
  }
  return scores.result();
}

class Scores {
  readonly #predictions: Uint16Array;
  readonly #probabilities: Float32Array;
  #confusion: readonly number[][] = [];
  #lossSum = 0;
  #correct = 0;

  constructor(
    private readonly dataset: ImageSource,
    private readonly count: number,
  ) {
    this.#predictions = new Uint16Array(count);
    this.#probabilities = new Float32Array(count);
  }

  /** Adds the scores of the images from `start` to `end`: [end - start, scores of the network]. */
  add(data: Float64Array, start: number, end: number): void {
    const width = data.length / (end - start);
    if (start === 0) {
      const rows = { length: this.dataset.classes };
      this.#confusion = Array.from(rows, () => new Array<number>(width).fill(0));
    }
    for (let image = start; image < end; image += 1) {
      this.#addImage(data.subarray((image - start) * width, (image - start + 1) * width), image);
    }
  }

  result(): EvaluationResult {
    return {
      count: this.count,
      loss: this.#lossSum / this.count,
      accuracy: this.#correct / this.count,
      correct: this.#correct,
      confusion: this.#confusion,
      predictions: this.#predictions,
      probabilities: this.#probabilities,
    };
  }

  #addImage(scores: Float64Array, image: number): void {
    const label = at(this.dataset.labels, image);
    const { loss, predictedClass, probability } = crossEntropy(scores, label);
    this.#lossSum += loss;
    this.#predictions[image] = predictedClass;
    this.#probabilities[image] = probability;
    if (predictedClass === label) this.#correct += 1;
    const row = at(this.#confusion, label);
    row[predictedClass] = at(row, predictedClass) + 1;
  }
}

/** How the parameters in training are evaluated. */
export interface SessionEvaluation {
  readonly split: EvaluationProgress["split"];
  /** The number of images to use, the first ones; at least 1. */
  readonly count: number;
  readonly batchSize: number;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: ((event: TrainingEvent) => void) | undefined;
}

/** Evaluates the parameters in training, reading results back only at the end. */
export async function evaluateSession(
  session: TrainingSession,
  dataset: ImageSource,
  { split, count, batchSize, signal, onEvent }: SessionEvaluation,
): Promise<Evaluation | "interrupted"> {
  announce(dataset, count, batchSize);
  for (let start = 0; start < count; start += batchSize) {
    if (signal?.aborted === true) {
      // What was evaluated so far must not count in the next evaluation.
      await session.metrics();
      return "interrupted";
    }
    const end = Math.min(start + batchSize, count);
    await session.evaluate(await labelledSlice(dataset, start, end));
    onEvent?.({ kind: "evaluation", split, count: end, totalCount: count });
  }
  return (await session.metrics()).evaluation;
}

/** Has images that are not in memory read ahead. */
function announce(dataset: ImageSource, count: number, batchSize: number): void {
  if (!isInMemory(dataset)) dataset.announce?.(orderedBatches(count, batchSize));
}

/** Images `start` to `end` and their labels, copied so that they can be moved to another thread. */
async function labelledSlice(
  dataset: ImageSource,
  start: number,
  end: number,
): Promise<{ readonly images: Uint8Array; readonly labels: ClassLabels }> {
  // Into memory of its own, whatever the labels lie in.
  const labels = Uint16Array.from(dataset.labels.subarray(start, end));
  if (!isInMemory(dataset)) {
    const positions = Uint32Array.from({ length: end - start }, (_, index) => start + index);
    return { images: await readImages(dataset, positions), labels };
  }
  const { images, channels, height, width } = dataset;
  const size = channels * height * width;
  return { images: Uint8Array.from(images.subarray(start * size, end * size)), labels };
}
