import type { Model } from "@nin/backend";
import type { ImageDataset } from "@nin/data";

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
}

/**
 * Evaluates a model through `predict`, dropout off.
 *
 * Throws: `TrainingOptionError`; the signal's reason when aborted; what the model throws.
 */
export async function evaluateModel(
  _model: Model,
  _dataset: ImageDataset,
  _options: EvaluateOptions = {},
): Promise<EvaluationResult> {
  throw new Error("not implemented");
}
