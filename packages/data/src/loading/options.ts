import type { DatasetPair, ImageSource } from "../dataset/dataset.js";
import type { ImageSize } from "../image/resize.js";
import type { BrokenImage } from "../pictures/picture-stream.js";
import type { MaterializeProgress } from "../stored/materialize.js";

/** How images of files are loaded. */
export interface ImageLoadOptions {
  /**
   * The size that all pictures of a folder or CSV list are made into, as `imageFromPixels` does; without it they must have
   * one size already. IDX and CIFAR images keep theirs.
   */
  readonly imageSize?: ImageSize;
  /** The channels of the network: 3 (default), or 1, which makes colours grey. Grey IDX images keep their one channel. */
  readonly channels?: number;
  /**
   * The part of the images that is split off for the test, where pictures come without: 0.2 by default. The split is
   * random and always the same, `splitPositions(count, testFraction, 0, "test")`.
   */
  readonly testFraction?: number;
  /** The first training images alone, after the split; all by default. */
  readonly limit?: number;
  /** Whether pictures that cannot be decoded are omitted, as if they were not there, instead of an error. */
  readonly skipBroken?: boolean;
  /** Called with each picture that is omitted. */
  readonly onBroken?: (broken: BrokenImage) => void;
  /**
   * Images of more bytes than this are kept in a file in the cache and read from there: the data set is a `StoredDataset`
   * then. Without it they must fit in memory: 2 GiB at most. Units: bytes.
   */
  readonly dataMemoryBytes?: number;
  /** The folder for downloads and decoded images; the user's cache by default. */
  readonly cacheFolder?: string;
  /** Called while images are decoded, at most ten times a second. */
  readonly onDecodeProgress?: (progress: DecodeProgress) => void;
  readonly signal?: AbortSignal;
}

/** How far the images of a split are decoded. */
export interface DecodeProgress extends MaterializeProgress {
  readonly split: "train" | "test";
}

/** The formats that are recognised. */
export type DatasetFormat =
  | "fashion-mnist"
  | "synthetic"
  | "image-folder"
  | "csv"
  | "idx"
  | "cifar-10"
  | "cifar-100";

/** A data set, and what is to be said of it. */
export interface LoadedDataset<Source extends ImageSource = ImageSource> extends DatasetPair<Source> {
  readonly format: DatasetFormat;
  /** Whether the classes have names of the user's own, as in folders and CSV: a network must have exactly as many. */
  readonly hasNamedClasses: boolean;
  /** The pictures that were omitted (`skipBroken`). */
  readonly broken: readonly BrokenImage[];
  /** What was passed over, as sentences. */
  readonly notes: readonly string[];
}
