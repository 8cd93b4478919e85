import { stat } from "node:fs/promises";
import type { ImageFormat } from "@nin/data";
import { readImageFiles } from "@nin/data/node";
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
  const size = format.channels * format.height * format.width;
  const images = new Uint8Array(own.length * size);
  const whole: string[] = [];
  const broken: string[] = [];
  for await (const read of readImageFiles(own, format, { skipBroken, signal })) {
    if ("problem" in read) {
      broken.push(read.problem);
      continue;
    }
    images.set(read.image, whole.length * size);
    whole.push(read.path);
  }
  return {
    paths: whole,
    images: images.subarray(0, whole.length * size),
    broken,
    done: start + own.length,
  };
}
