import { BatchError, type BatchLimits, checkLabels, type Dataset, UnsupportedError } from "@nin/backend";
import { elementCount } from "@nin/spec";
import { BACKEND } from "../device/gpu-context.js";
import type { Engine } from "./engine.js";

/** Throws: `BatchError` when images and labels do not suit the model or each other. */
export function checkDataset({ images, labels }: Dataset, { imageShape, classes }: BatchLimits): void {
  if (imageShape === undefined) {
    throw new BatchError("dataset", "none (the model was compiled without `images`)", "one");
  }
  const imageBytes = elementCount(imageShape);
  if (images.length % imageBytes !== 0) {
    throw new BatchError("dataset.images", `a multiple of ${imageBytes} bytes`, `${images.length}`);
  }
  checkLabels(labels, images.length / imageBytes, classes);
}

/** The number of indices. Throws: `BatchError` when there are none, too many, or one beyond the data set. */
export function checkIndices(
  indices: Uint32Array,
  dataset: Dataset | undefined,
  { maxBatch }: BatchLimits,
): number {
  if (dataset === undefined) {
    throw new BatchError("batch", "input or images (the session was given no `dataset`)", "indices");
  }
  if (indices.length < 1 || indices.length > maxBatch) {
    throw new BatchError("batch", `1 to ${maxBatch} images`, `${indices.length}`);
  }
  const count = dataset.labels.length;
  const wrong = indices.findIndex((index) => index >= count);
  if (wrong >= 0) throw new BatchError(`indices[${wrong}]`, `0 to ${count - 1}`, `${indices[wrong]}`);
  return indices.length;
}

/** Puts a data set on the device. Throws: `UnsupportedError` when it is larger than a binding may be. */
export function keepDataset(engine: Engine, { images, labels }: Dataset, maxBatch: number): void {
  const { regions, context } = engine;
  const { maxBindingBytes, name } = context.traits;
  if (images.length > maxBindingBytes) {
    throw new UnsupportedError(
      BACKEND,
      `a data set of ${images.length} bytes`,
      `at most ${maxBindingBytes} bytes, a binding's limit on ${name}; give batches of images instead`,
    );
  }
  // Before the input program of an earlier session's data set could be used again.
  regions.release("datasetImages");
  regions.release("datasetLabels");
  regions.ensureFilled("datasetImages", images);
  regions.ensureFilled("datasetLabels", Uint32Array.from(labels));
  regions.ensure("indices", maxBatch * Uint32Array.BYTES_PER_ELEMENT);
  engine.forgetDatasetProgram();
}
