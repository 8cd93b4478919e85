import type { Labels } from "@nin/backend";

/** A batch as a program is fed it: whole micro-batches, the last one filled up with zeros. */
export interface BatchContents {
  /** Images really in the batch. */
  readonly count: number;
  /** NCHW, floats or bytes. */
  readonly images: Float32Array | Uint8Array;
}

/** The images, filled up to whole micro-batches. */
export function fillImages({ count, images }: BatchContents, microBatch: number): Float32Array | Uint8Array {
  const filled = Math.ceil(count / microBatch) * microBatch;
  if (filled === count) return images;
  const size = (images.length / count) * filled;
  const result = images instanceof Uint8Array ? new Uint8Array(size) : new Float32Array(size);
  result.set(images);
  return result;
}

/** Per image and class: `1 / count` at the label, 0 elsewhere and for images that only fill up. */
export function weightedTargets(
  labels: Labels,
  count: number,
  classes: number,
  microBatch: number,
): Float32Array {
  const filled = Math.ceil(count / microBatch) * microBatch;
  const targets = new Float32Array(filled * classes);
  for (let image = 0; image < count; image += 1) {
    targets[image * classes + (labels[image] ?? 0)] = 1 / count;
  }
  return targets;
}

/** The images at some positions of a data set, one after the other. */
export function gatherImages(images: Uint8Array, imageBytes: number, indices: Uint32Array): Uint8Array {
  const result = new Uint8Array(indices.length * imageBytes);
  indices.forEach((index, position) => {
    result.set(images.subarray(index * imageBytes, (index + 1) * imageBytes), position * imageBytes);
  });
  return result;
}
