/** Some consecutive images of a batch. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/**
 * A batch in parts of nearly equal size, none larger than `largest`: activations of a part stay in the
 * processor's cache, and memory does not grow with the batch.
 */
export function partsOf(count: number, largest: number): readonly Part[] {
  const parts = Math.ceil(count / largest);
  return Array.from({ length: parts }, (_, index) => ({
    start: Math.floor((index * count) / parts),
    end: Math.floor(((index + 1) * count) / parts),
  }));
}

/** How many images a part may have. Units: bytes of the largest activation, of an image and of a part. */
export function imagesAPart(imageBytes: number, partBytes: number): number {
  return Math.max(1, Math.floor(partBytes / imageBytes));
}
