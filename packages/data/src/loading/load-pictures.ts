import { at, SpecError, splitPositions } from "@nin/spec";
import { quoted } from "../dataset/classes.js";
import { DataError } from "../dataset/errors.js";
import { firstOfStream } from "../dataset/lazy-stream.js";
import { checkFormat } from "../image/pixels.js";
import { listImageFolder } from "../pictures/image-folder.js";
import { type LabelledFile, type PictureSet, roundRobin } from "../pictures/picture-set.js";
import {
  type BrokenImage,
  isBroken,
  type PictureFormat,
  PictureReader,
  pictureStream,
} from "../pictures/picture-stream.js";
import { brokenImages } from "./broken-images.js";
import { fitsInMemory, materializeSplits, type SplitStreams } from "./materialize-splits.js";
import type { ImageLoadOptions, LoadedDataset } from "./options.js";

/** The part of unsplit images that is kept for the test. */
const DEFAULT_TEST_FRACTION = 0.2;

/**
 * Loads a folder of pictures: `train/<class>/...` and `test/<class>/...`, or `<class>/...` alone, of which `testFraction`
 * are split off for the test. PNG, JPEG, WebP, GIF and AVIF, decoded several at once, off the main thread.
 *
 * @throws DataError naming the file, class or option
 * @throws `MissingPackageError` without `sharp`
 * @throws the signal's reason when it aborts
 *
 * @example
 * ```ts
 * const { train, test } = await loadImageFolder("photos", { imageSize: { height: 32, width: 32 } });
 * console.log(train.classNames, train.count, test.count);
 * ```
 */
export async function loadImageFolder(path: string, options: ImageLoadOptions = {}): Promise<LoadedDataset> {
  return loadPictures(await listImageFolder(path, options.signal), "image-folder", options);
}

/** Loads pictures that were listed. Throws as `loadImageFolder` does. */
export async function loadPictures(
  set: PictureSet,
  format: "image-folder" | "csv",
  options: ImageLoadOptions,
): Promise<LoadedDataset> {
  const broken: BrokenImage[] = [];
  let current = set;
  // Once more without those that turn out to be broken, so that order and split are as if they were not there.
  for (let isChecked = false; ; ) {
    const size = await formatOf(current, options);
    const files = splitFiles(current, options);
    const found: BrokenImage[] = [];
    const streams = streamsOf(current, files, size, options, found);
    const fits = fitsInMemory(streams, options);
    if (options.skipBroken === true && !fits && !isChecked) {
      found.push(...(await brokenImages(current, options)));
      isChecked = true;
    }
    const pair = found.length === 0 ? await materializeSplits(streams, options) : undefined;
    if (pair !== undefined && found.length === 0)
      return { ...pair, format, hasNamedClasses: true, broken, notes: current.notes };
    for (const each of found) {
      broken.push(each);
      options.onBroken?.(each);
    }
    current = withoutBroken(current, found);
  }
}

function streamsOf(
  { name, classNames }: PictureSet,
  files: { readonly train: readonly LabelledFile[]; readonly test: readonly LabelledFile[] },
  format: PictureFormat,
  { limit, skipBroken }: ImageLoadOptions,
  found: BrokenImage[],
): SplitStreams {
  const onBroken = skipBroken === true ? { onBroken: (each: BrokenImage) => void found.push(each) } : {};
  const stream = (some: readonly LabelledFile[]) =>
    pictureStream(some, { name, classNames, format, ...onBroken });
  return { train: firstOfStream(stream(files.train.slice(0, limit)), limit), test: stream(files.test) };
}

/** The given size, or that of the first picture. */
async function formatOf(set: PictureSet, options: ImageLoadOptions): Promise<PictureFormat> {
  const { imageSize, channels = 3, signal } = options;
  if (imageSize !== undefined) {
    const { height, width } = imageSize;
    const format = { channels, height, width, isFixed: false };
    checkFormat(format);
    return format;
  }
  const reader = new PictureReader();
  for (const { path } of set.train) {
    try {
      const { height, width } = await reader.read(path, signal);
      const format = { channels, height, width, isFixed: true };
      checkFormat(format);
      return format;
    } catch (error) {
      if (options.skipBroken !== true || !isBroken(error)) throw error;
    }
  }
  throw new DataError(set.name, "an image that can be decoded", "none");
}

function splitFiles({ name, train, test }: PictureSet, { testFraction, limit }: ImageLoadOptions) {
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1))
    throw new DataError("limit", "a positive integer", `${limit}`, { code: "NIN_DATA_OPTION" });
  if (test !== undefined) {
    requireNoFraction(name, testFraction);
    return { train, test };
  }
  const { kept, taken } = testSplit(name, train.length, testFraction ?? DEFAULT_TEST_FRACTION);
  const filesAt = (positions: Uint32Array) => Array.from(positions, (position) => at(train, position));
  return { train: filesAt(kept), test: filesAt(taken) };
}

/** `splitPositions`, whose error names the data. */
function testSplit(name: string, count: number, fraction: number) {
  try {
    return splitPositions(count, fraction, 0, "test");
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const expected = `a test fraction that takes at least 1 of ${count} images and leaves at least 1`;
    throw new DataError(name, expected, `${fraction}`, { code: "NIN_DATA_OPTION", cause: error });
  }
}

/** @throws DataError when a fraction is given for a data set that has test images of its own */
export function requireNoFraction(name: string, testFraction: number | undefined): void {
  if (testFraction === undefined) return;
  const found = `a test fraction, ${testFraction}, and test images`;
  throw new DataError(name, "a test fraction only for images that are not split", found, {
    code: "NIN_DATA_OPTION",
  });
}

/** As if those that are broken were not there. @throws DataError when a class has no images left */
function withoutBroken(set: PictureSet, broken: readonly BrokenImage[]): PictureSet {
  const paths = new Set(broken.map(({ path }) => path));
  const left = (files: readonly LabelledFile[]) => {
    const some = files.filter(({ path }) => !paths.has(path));
    return set.isRoundRobin ? roundRobin(some) : some;
  };
  const train = left(set.train);
  const labels = new Set(train.map(({ label }) => label));
  const lost = set.classNames.findIndex((_, label) => !labels.has(label));
  if (lost >= 0) {
    const found = `none, of ${broken.length} broken`;
    throw new DataError(
      set.name,
      `an image of ${quoted(at(set.classNames, lost))} that can be decoded`,
      found,
    );
  }
  const test = set.test === undefined ? undefined : left(set.test);
  if (test?.length === 0) throw new DataError(set.name, "a test image that can be decoded", "none");
  return { ...set, train, test };
}
