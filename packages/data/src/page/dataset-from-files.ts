import { at, splitPositions } from "@nin/spec";
import { byCodePoints, orderedClasses } from "../dataset/classes.js";
import type { DatasetPair, ImageDataset } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import { imageDataset } from "../dataset/image-dataset.js";
import { subset } from "../dataset/subset.js";
import { isHidden, isImageName } from "../image/kinds.js";
import { checkFormat, type ImageFormat } from "../image/pixels.js";
import { roundRobin } from "../pictures/picture-set.js";
import { imageFromBlob } from "./image-from-blob.js";

/** A file that a user chose, as pages have them. */
export interface PictureFile extends Blob {
  readonly name: string;
  /** The path below the chosen folder, with that folder's name; empty for files that were chosen one by one. */
  readonly webkitRelativePath?: string;
}

/** How picture files become a data set in a page: `channels`, `height` and `width` are the network's input. */
export interface PictureFilesOptions extends ImageFormat {
  /** What the data set is called; `images` by default. */
  readonly name?: string;
  /** The part that is split off for the test, where the files have no `train` and `test`; 0.2 by default. */
  readonly testFraction?: number;
  /**
   * The path of a file below the folder that was chosen, such as `cats/1.png`; by default its `webkitRelativePath`
   * without the folder's own name. Files that were dropped have none.
   */
  readonly pathOf?: (file: PictureFile) => string;
  /** Called after each picture. */
  readonly onProgress?: (progress: { readonly count: number; readonly totalCount: number }) => void;
  readonly signal?: AbortSignal;
}

/** A picture and where it stands. */
interface PlacedFile {
  readonly file: PictureFile;
  /** Below the folder of its split. */
  readonly path: string;
  readonly className: string;
}

/**
 * Makes a data set of picture files that a user chose: `<class>/...`, or `train/<class>/...` and `test/<class>/...`.
 * Order, classes and split are those of `loadImageFolder` of `@nin/data/node`, and so are the bytes of opaque PNGs.
 *
 * @throws DataError naming the file
 * @throws `SpecError` for a fraction that takes no test images, or all
 * @throws the signal's reason when it aborts
 *
 * @example
 * ```ts
 * // <input type="file" webkitdirectory>
 * const { train, test } = await imageDatasetFromFiles(input.files, { channels: 3, height: 32, width: 32 });
 * ```
 */
export async function imageDatasetFromFiles(
  files: Iterable<PictureFile>,
  options: PictureFilesOptions,
): Promise<DatasetPair> {
  checkFormat(options);
  const { name = "images", testFraction, onProgress, signal, channels, height, width } = options;
  const { train, test } = splitsOf(files, options, name);
  const classNames = orderedClasses(
    train.map(({ className }) => className),
    name,
  );
  let count = 0;
  const decoded = async (some: readonly PlacedFile[]): Promise<ImageDataset> => {
    const ordered = roundRobin(some.map((each) => ({ ...each, label: classNames.indexOf(each.className) })));
    const stray = ordered.find(({ label }) => label < 0);
    if (stray !== undefined)
      throw new DataError(stray.path, "a class that has training images", "another one");
    const images: Uint8Array[] = [];
    for (const { file, path } of ordered) {
      signal?.throwIfAborted();
      images.push(await imageFromBlob(file, options, path));
      count += 1;
      onProgress?.({ count, totalCount: train.length + (test?.length ?? 0) });
    }
    const labels = ordered.map(({ label }) => label);
    return imageDataset({ name, images, labels, classNames, channels, height, width });
  };
  if (test !== undefined) return { train: await decoded(train), test: await decoded(test) };
  const { kept, taken } = splitPositions(train.length, testFraction ?? 0.2, 0, "test");
  const all = await decoded(train);
  return { train: subset(all, kept), test: subset(all, taken) };
}

/** The pictures by split, sorted by path; all for training where there are no folders `train` and `test`. */
function splitsOf(
  files: Iterable<PictureFile>,
  { pathOf = chosenPath }: PictureFilesOptions,
  name: string,
): { readonly train: readonly PlacedFile[]; readonly test: readonly PlacedFile[] | undefined } {
  const found = Array.from(files, (file) => ({ file, parts: pathOf(file).split("/") }))
    .filter(({ parts }) => !parts.some(isHidden) && isImageName(at(parts, -1)))
    .sort((one, other) => byCodePoints(one.parts.join("/"), other.parts.join("/")));
  if (found.length === 0) throw new DataError(name, "a folder for each class with images", "none");
  const isSplit = ["train", "test"].every((split) => found.some(({ parts }) => parts[0] === split));
  const placed = (split: string | undefined): readonly PlacedFile[] =>
    found
      .filter(({ parts }) => split === undefined || parts[0] === split)
      .map(({ file, parts }) => placedFile(file, split === undefined ? parts : parts.slice(1)));
  return isSplit
    ? { train: placed("train"), test: placed("test") }
    : { train: placed(undefined), test: undefined };
}

function placedFile(file: PictureFile, parts: readonly string[]): PlacedFile {
  const path = parts.join("/");
  if (parts.length < 2) throw new DataError(path, "images in a folder for each class", "one outside them");
  return { file, path, className: at(parts, 0) };
}

function chosenPath({ name, webkitRelativePath = "" }: PictureFile): string {
  return webkitRelativePath === "" ? name : webkitRelativePath.split("/").slice(1).join("/");
}
