import type { ImageSetDescription } from "../dataset/dataset.js";

/**
 * Labelled images of one size that are decoded one after another, from files whose images need not fit in memory.
 * `materialize` of `@nin/data/node` makes an `ImageSource` of it.
 */
export interface ImageStream extends ImageSetDescription {
  /**
   * A hash of all that the decoded bytes follow from: the files' contents and order, and how they are decoded. Streams
   * with the same key give the same images.
   */
  readonly key: string;
  /**
   * Decodes all images from the first on, in order: `count` arrays of shape [channels, height, width], each of them
   * left alone once it was given.
   *
   * @throws DataError, also while it is iterated over, for a file that cannot be decoded
   * @throws the signal's reason when it aborts
   */
  decode(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}
