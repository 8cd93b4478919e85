import { type Batch, gatherBatch, type ImageFormat, type Labels, type SessionSetup } from "@nin/backend";
import type { InputSpec } from "@nin/spec";
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
export function readableAt(
  indices: Uint32Array,
  setup: SessionSetup,
  epoch: number,
  source: ImageSource,
): ReadableBatch {
  const { channels, height, width } = formatOf(source);
  const { images, labels } = gatherBatch(setup, [channels, height, width], indices, epoch);
  const count = indices.length;
  return { count, images: imagesOfBatch({ images }, count, source), labels };
}

function formatOf({ format }: ImageSource): ImageFormat {
  if (format === undefined) throw new Error("tfjs: images without a format passed the check");
  return format;
}
