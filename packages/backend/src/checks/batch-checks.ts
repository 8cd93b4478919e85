import {
  type Architecture,
  at,
  elementCount,
  firstNotFinite,
  type NamedTensors,
  type Shape,
  shownNames,
} from "@nin/spec";
import type { ImageFormat } from "../contract/backend.js";
import type { Batch, Dataset, IndexBatch, LabelledBatch, Labels } from "../contract/batch.js";
import { BatchError, ParameterError } from "../contract/errors.js";

/** A batch that was checked, and the number of images in it. */
export type Checked<Given> = Given & { readonly count: number };

/** What a model takes, for checking what it is given. */
export interface BatchLimits {
  /** [channels, height, width]. */
  readonly inputShape: Shape;
  readonly maxBatch: number;
  readonly classes: number;
  /** [channels, height, width] of an image in bytes; none when the model was compiled without an image format. */
  readonly imageShape?: Shape;
}

/** What a model takes that was compiled with these options and has so many classes. */
export function batchLimits(
  { input }: Architecture,
  { maxBatch, imageFormat }: { readonly maxBatch: number; readonly imageFormat?: ImageFormat | undefined },
  classes: number,
): BatchLimits {
  return {
    inputShape: [input.channels, input.height, input.width],
    maxBatch,
    classes,
    ...(imageFormat === undefined
      ? {}
      : { imageShape: [imageFormat.channels, imageFormat.height, imageFormat.width] }),
  };
}

/**
 * The number of images in a batch.
 *
 * @throws `BatchError` when it is empty, too large, wrongly shaped, or of a kind the model was not compiled
 * for.
 */
export function checkBatch(batch: Batch, limits: BatchLimits): number {
  const count =
    "input" in batch
      ? checkInput(batch.input.shape, batch.input.data.length, limits)
      : checkImages(batch.images, limits);
  if (!Number.isInteger(count) || count < 1 || count > limits.maxBatch) {
    throw new BatchError("batch", batchSizes(limits), `${count}`);
  }
  return count;
}

/**
 * The batch and the number of its images.
 *
 * @throws `BatchError` as `checkBatch` does.
 */
export function checkedBatch(batch: Batch, limits: BatchLimits): Checked<Batch> {
  const count = checkBatch(batch, limits);
  return "input" in batch ? { input: batch.input, count } : { images: batch.images, count };
}

/**
 * The same with its labels.
 *
 * @throws `BatchError`, also for labels that are not one per image, or no class.
 */
export function checkedLabelledBatch(batch: LabelledBatch, limits: BatchLimits): Checked<LabelledBatch> {
  const checked = checkedBatch(batch, limits);
  checkLabels(batch.labels, checked.count, limits.classes);
  return { ...checked, labels: batch.labels };
}

/**
 * Indices and their number.
 *
 * @throws `BatchError` as `checkIndices` does.
 */
export function checkedIndices(
  indices: Uint32Array,
  dataset: Dataset | undefined,
  limits: BatchLimits,
): Checked<IndexBatch> {
  return { indices, count: checkIndices(indices, dataset, limits) };
}

/** @throws `BatchError` unless there is one label in 0..classes-1 for each image. */
export function checkLabels(labels: Labels, count: number, classes: number): void {
  if (labels.length !== count) throw new BatchError("labels", `${count}, one per image`, `${labels.length}`);
  const wrong = labels.findIndex((label) => !(label >= 0 && label < classes));
  if (wrong >= 0) throw new BatchError(`labels[${wrong}]`, `0 to ${classes - 1}`, `${labels[wrong]}`);
}

/** @throws `BatchError` when images and labels do not suit the model or each other. */
export function checkDataset({ images, labels }: Dataset, { imageShape, classes }: BatchLimits): void {
  if (imageShape === undefined) {
    throw new BatchError("dataset", "none (the model was compiled without `imageFormat`)", "one");
  }
  const imageBytes = elementCount(imageShape);
  if (images.length % imageBytes !== 0) {
    throw new BatchError("dataset.images", `a multiple of ${imageBytes} bytes`, `${images.length}`);
  }
  checkLabels(labels, images.length / imageBytes, classes);
}

/**
 * The number of indices.
 *
 * @throws `BatchError` when there are none, too many, or one beyond the data set.
 */
export function checkIndices(
  indices: Uint32Array,
  dataset: Dataset | undefined,
  limits: BatchLimits,
): number {
  if (dataset === undefined) {
    throw new BatchError("batch", "input or images (the session was given no `dataset`)", "indices");
  }
  if (indices.length < 1 || indices.length > limits.maxBatch) {
    throw new BatchError("batch", batchSizes(limits), `${indices.length}`);
  }
  const count = dataset.labels.length;
  const wrong = indices.findIndex((index) => index >= count);
  if (wrong >= 0) throw new BatchError(`indices[${wrong}]`, `0 to ${count - 1}`, `${indices[wrong]}`);
  return indices.length;
}

/**
 * @throws `ParameterError` unless `given` has exactly the expected names and shapes, and every value is
 * finite.
 */
export function checkParameters(given: NamedTensors, expected: ReadonlyMap<string, Shape>): void {
  for (const name of given.keys()) {
    if (!expected.has(name))
      throw new ParameterError(name, `one of ${shownNames(expected.keys())}`, "an unknown name");
  }
  for (const [name, shape] of expected) {
    const tensor = given.get(name);
    if (tensor === undefined) throw new ParameterError(name, `shape [${shape.join(", ")}]`, "nothing");
    if (tensor.shape.join() !== shape.join()) {
      throw new ParameterError(name, `shape [${shape.join(", ")}]`, `[${tensor.shape.join(", ")}]`);
    }
    if (tensor.data.length !== elementCount(shape)) {
      throw new ParameterError(name, `${elementCount(shape)} values`, `${tensor.data.length}`);
    }
    const wrong = firstNotFinite(tensor.data);
    if (wrong >= 0) throw new ParameterError(name, "finite values", `${tensor.data[wrong]} at ${wrong}`);
  }
}

function batchSizes({ maxBatch }: BatchLimits): string {
  return `1 to ${maxBatch} images (the model was compiled with \`maxBatch: ${maxBatch}\`)`;
}

function checkInput(shape: Shape, length: number, limits: BatchLimits): number {
  if (shape.length !== limits.inputShape.length + 1 || shape.slice(1).join() !== limits.inputShape.join()) {
    throw new BatchError("input", `shape [N, ${limits.inputShape.join(", ")}]`, `[${shape.join(", ")}]`);
  }
  if (length !== elementCount(shape))
    throw new BatchError("input", `${elementCount(shape)} values`, `${length}`);
  return at(shape, 0);
}

function checkImages(images: Uint8Array, limits: BatchLimits): number {
  if (limits.imageShape === undefined) {
    throw new BatchError("batch", "input (the model was compiled without `imageFormat`)", "images");
  }
  const imageBytes = elementCount(limits.imageShape);
  if (images.length % imageBytes !== 0) {
    throw new BatchError("images", `a multiple of ${imageBytes} bytes`, `${images.length}`);
  }
  return images.length / imageBytes;
}
