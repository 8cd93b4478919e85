import type { Labels } from "@nin/backend";
import { at } from "@nin/spec";

/** A batch's images, not yet padded to whole micro-batches. */
export interface BatchContents {
  /** The number of images. */
  readonly count: number;
  /** NCHW, floats or bytes. */
  readonly images: Float32Array | Uint8Array;
}

/** The images, padded with zeros to whole micro-batches. */
export function fillImages(
  { count, images }: BatchContents,
  microBatchSize: number,
): Float32Array | Uint8Array {
  const paddedCount = Math.ceil(count / microBatchSize) * microBatchSize;
  if (paddedCount === count) return images;
  const size = (images.length / count) * paddedCount;
  const result = images instanceof Uint8Array ? new Uint8Array(size) : new Float32Array(size);
  result.set(images);
  return result;
}

/** For each image and class `1 / count` at the label and 0 elsewhere; all 0 for images of padding. */
export function weightedTargets(
  labels: Labels,
  count: number,
  classes: number,
  microBatchSize: number,
): Float32Array {
  const paddedCount = Math.ceil(count / microBatchSize) * microBatchSize;
  const targets = new Float32Array(paddedCount * classes);
  for (let image = 0; image < count; image += 1) {
    targets[image * classes + at(labels, image)] = 1 / count;
  }
  return targets;
}
