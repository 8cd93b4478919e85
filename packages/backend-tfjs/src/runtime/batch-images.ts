import type { Batch, ImageFormat, Labels, SessionSetup } from "@nin/backend";
import { at, gatherAugmented, type InputSpec, present } from "@nin/spec";
import { fromUserLayout } from "../operators/layout.js";
import type { Part } from "./micro-batches.js";
import { preprocess } from "./preprocess.js";
import type { DeviceTensor, TensorFlow } from "./tensorflow.js";

/** Puts part of a batch on the device, as the network's input, NHWC. Copies. */
export type ImagesOf = (tf: TensorFlow, part: Part) => DeviceTensor;

/** A batch with its labels, whose parts can be put on the device. */
export interface ReadableBatch {
  readonly count: number;
  readonly images: ImagesOf;
  readonly labels: Labels;
}

/** How images in bytes become the network's input. */
export interface ImageSource {
  readonly input: InputSpec;
  readonly format?: ImageFormat;
}

/** The images of a batch that was checked. */
export function imagesOfBatch(batch: Batch, count: number, source: ImageSource): ImagesOf {
  if ("input" in batch) {
    const { channels, height, width } = source.input;
    const { data } = batch.input;
    const length = data.length / count;
    return (tf, { start, end }) => {
      const values = new Float32Array(data.subarray(start * length, end * length));
      return fromUserLayout(tf, tf.tensor4d(values, [end - start, channels, height, width]));
    };
  }
  const { images } = batch;
  const bytes = images.length / count;
  return (tf, { start, end }) =>
    preprocess(tf, images.subarray(start * bytes, end * bytes), formatOf(source), source.input);
}

/**
 * Images and labels at positions of a session's data set, which were checked, as the epoch augments them. The bytes stay
 * in the host's memory, where TensorFlow.js has a type for them: on a device they would take four times as much.
 */
export function gatherBatch(
  indices: Uint32Array,
  { dataset, augmentation, seed }: SessionSetup,
  epoch: number,
  source: ImageSource,
): ReadableBatch {
  const { images: all, labels } = present(dataset, "the data set of an `indices` batch");
  const images =
    augmentation === undefined
      ? gathered(all, all.length / labels.length, indices)
      : gatherAugmented(all, formatOf(source), augmentation, { seed, epoch }, indices);
  const count = indices.length;
  return {
    count,
    images: imagesOfBatch({ images }, count, source),
    labels: Uint16Array.from(indices, (index) => at(labels, index)),
  };
}

function gathered(all: Uint8Array, imageBytes: number, indices: Uint32Array): Uint8Array {
  const images = new Uint8Array(indices.length * imageBytes);
  indices.forEach((index, n) => {
    images.set(all.subarray(index * imageBytes, (index + 1) * imageBytes), n * imageBytes);
  });
  return images;
}

function formatOf({ format }: ImageSource): ImageFormat {
  if (format === undefined) throw new Error("tfjs: images without a format passed the check");
  return format;
}
