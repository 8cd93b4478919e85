import { checkDataset, checkIndices, type Dataset } from "@nin/backend";
import { elementCount } from "@nin/spec";
import type { BatchReader, LabelledInput } from "./batch-reader.js";

/** Reads batches out of the data set that a session keeps. */
export class DatasetReader {
  readonly #dataset: Dataset | undefined;
  readonly #reader: BatchReader;

  /** Throws: `BatchError` when images and labels do not suit the model or each other. */
  constructor(dataset: Dataset | undefined, reader: BatchReader) {
    this.#dataset = dataset;
    this.#reader = reader;
    if (dataset !== undefined) checkDataset(dataset, reader.limits);
  }

  /** The images and labels at these positions. Throws: `BatchError`. */
  read(indices: Uint32Array): LabelledInput {
    const { limits } = this.#reader;
    const count = checkIndices(indices, this.#dataset, limits);
    const { images: allImages, labels: allLabels } = this.#dataset ?? NO_DATA;
    const imageBytes = elementCount(limits.imageShape ?? []);
    const images = new Uint8Array(count * imageBytes);
    const labels = new Uint8Array(count);
    indices.forEach((index, n) => {
      const start = index * imageBytes;
      images.set(allImages.subarray(start, start + imageBytes), n * imageBytes);
      labels[n] = allLabels[index] ?? 0;
    });
    return this.#reader.labelled({ images, labels });
  }
}

/** `checkIndices` has refused a batch of positions in no data set. */
const NO_DATA: Dataset = { images: new Uint8Array(), labels: new Uint8Array() };
