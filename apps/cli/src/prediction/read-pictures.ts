import { stat } from "node:fs/promises";
import { DataError, type ImageFormat } from "@nin/data";
import { readImageFile } from "@nin/data/node";
import { shownText } from "@nin/spec";
import { UsageError } from "../errors/usage-error.js";

/** Pictures of a batch that could be read. */
export interface PictureBatch {
  /** Their paths, as given. */
  readonly paths: readonly string[];
  /** Shape: [count, channels, height, width]. */
  readonly images: Uint8Array;
  /** What was wrong with the others, one line each. */
  readonly broken: readonly string[];
  /** How many pictures of the whole list this batch and those before it were, broken ones included. */
  readonly done: number;
}

export interface ReadPicturesOptions {
  readonly format: ImageFormat;
  readonly batchSize: number;
  /** Whether pictures that cannot be read are reported instead of ending the command. */
  readonly skipBroken: boolean;
  readonly signal: AbortSignal;
}

/** How many pictures are decoded at once: each may take half a gigabyte while it is. */
const AT_ONCE = 4;

/**
 * Checks that the paths are files, before a model is compiled.
 *
 * @throws `UsageError` for a folder, and unless `skipBroken` for a path where nothing is
 */
export async function requireFiles(paths: readonly string[], skipBroken: boolean): Promise<void> {
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    if (info?.isDirectory() === true) {
      throw new UsageError(
        `${shownText(path, 4096)}: expected an image, got a folder: name the images in it, for instance ${shownText(path.replace(/\/+$/, ""))}/*.png`,
      );
    }
    if (info === undefined && !skipBroken)
      throw new UsageError(`${shownText(path, 4096)}: cannot be read: there is no such file`);
  }
}

/**
 * Reads pictures in batches, each while the one before it is used: no more than two are in memory.
 *
 * @throws `DataError` for a picture that cannot be read, unless `skipBroken`; the signal's reason
 */
export async function* readPictures(
  paths: readonly string[],
  options: ReadPicturesOptions,
): AsyncGenerator<PictureBatch> {
  const { batchSize } = options;
  let next = readBatch(paths, 0, options);
  for (let start = 0; start < paths.length; start += batchSize) {
    const batch = await next;
    if (start + batchSize < paths.length) {
      next = readBatch(paths, start + batchSize, options);
      // Its error is thrown when its turn comes, or never where something else ends the command first.
      next.catch(() => {});
    }
    yield batch;
  }
}

async function readBatch(
  paths: readonly string[],
  start: number,
  { format, batchSize, skipBroken, signal }: ReadPicturesOptions,
): Promise<PictureBatch> {
  const own = paths.slice(start, start + batchSize);
  const read = await inParallel(own, AT_ONCE, async (path) => {
    signal.throwIfAborted();
    try {
      return await readImageFile(path, format);
    } catch (error) {
      // A missing decoder is not a picture's fault.
      if (!skipBroken || !(error instanceof DataError) || error.code === "NIN_DATA_OPTION") throw error;
      return error.message;
    }
  });
  const whole = own.flatMap((path, index) => {
    const image = read[index];
    return image instanceof Uint8Array ? [{ path, image }] : [];
  });
  const size = format.channels * format.height * format.width;
  const images = new Uint8Array(whole.length * size);
  whole.forEach(({ image }, index) => {
    images.set(image, index * size);
  });
  return {
    paths: whole.map(({ path }) => path),
    images,
    broken: read.flatMap((item) => (typeof item === "string" ? [item] : [])),
    done: start + own.length,
  };
}

/** The results in the order of the items; of errors the one of the first item. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  most: number,
  use: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += most) {
    const settled = await Promise.allSettled(items.slice(start, start + most).map(use));
    for (const one of settled) {
      if (one.status === "rejected") throw one.reason;
      results.push(one.value);
    }
  }
  return results;
}
