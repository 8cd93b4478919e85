import { BatchError, checkLabels, type Dataset } from "@nin/backend";
import { elementCount } from "@nin/spec";
import type { BatchReader, LabelledInput } from "./batch-reader.js";

/** Reads batches out of the data set that a session keeps. */
export class DatasetReader {
  readonly #dataset: Dataset | undefined;
  readonly #reader: BatchReader;
  readonly #imageBytes: number;

  /** Throws: `BatchError` when images and labels do not suit the model or each other. */
  constructor(dataset: Dataset | undefined, reader: BatchReader) {
    const { imageShape, classes } = reader.limits;
    this.#dataset = dataset;
    this.#reader = reader;
    this.#imageBytes = elementCount(imageShape ?? []);
    if (dataset === undefined) return;
    if (imageShape === undefined) {
      throw new BatchError("dataset", "none (the model was compiled without `images`)", "one");
    }
    if (dataset.images.length % this.#imageBytes !== 0) {
      throw new BatchError(
        "dataset.images",
        `a multiple of ${this.#imageBytes} bytes`,
        `${dataset.images.length}`,
      );
    }
    checkLabels(dataset.labels, dataset.images.length / this.#imageBytes, classes);
  }

  /** The images and labels at these positions. Throws: `BatchError`. */
  read(indices: Uint32Array): LabelledInput {
    const dataset = this.#dataset;
    if (dataset === undefined) {
      throw new BatchError("batch", "input or images (the session was given no `dataset`)", "indices");
    }
    const count = dataset.labels.length;
    const wrong = indices.findIndex((index) => index >= count);
    if (wrong >= 0) throw new BatchError(`indices[${wrong}]`, `0 to ${count - 1}`, `${indices[wrong]}`);
    const images = new Uint8Array(indices.length * this.#imageBytes);
    const labels = new Uint8Array(indices.length);
    indices.forEach((index, n) => {
      const start = index * this.#imageBytes;
      images.set(dataset.images.subarray(start, start + this.#imageBytes), n * this.#imageBytes);
      labels[n] = dataset.labels[index] ?? 0;
    });
    return this.#reader.labelled({ images, labels });
  }
}
