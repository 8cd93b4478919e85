import { constants } from "node:buffer";
import { stat } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { userCacheFolder } from "@nin/files";
import {
  classLabels,
  type ImageSetDescription,
  type ImageSource,
  imageBytes,
  shareableBytes,
} from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import { cacheContentOf } from "./cache-file.js";
import { cacheFilePath } from "./cache-folder.js";
import type { ImageStream } from "./image-stream.js";
import { StoredImages } from "./stored-images.js";
import { writeCache } from "./write-cache.js";

/** How much image data is kept in memory by default. Units: bytes. */
export const DEFAULT_MEMORY_BYTES = 2 ** 31;

/** How images are decoded, and where they are kept. */
export interface MaterializeOptions {
  /** Images of more bytes than this are kept in a file; 2 GiB by default. Units: bytes. */
  readonly memoryBytes?: number;
  /** The folder in which the folder of such files is; the user's cache by default. */
  readonly cacheFolder?: string;
  readonly signal?: AbortSignal;
  /** Called while images are decoded, at most ten times a second, and at the end. */
  readonly onProgress?: (progress: MaterializeProgress) => void;
}

/** How far the images are decoded. */
export interface MaterializeProgress {
  /** The number of images decoded. */
  readonly count: number;
  readonly totalCount: number;
  /** The file that they are written to, when they are not kept in memory. */
  readonly file?: string;
}

/** How often progress is reported. Units: milliseconds. */
const REPORTED_MS = 100;

/**
 * Decodes a stream of images: into memory that threads share when they fit into `memoryBytes`, and otherwise into a file
 * in the cache, from which a `StoredDataset` reads them. A later call finds that file and decodes nothing. What `imageCache`
 * gives says where the files are and how large.
 *
 * @throws DataError (`NIN_DATA_CACHE`) when the file cannot be written or read; nothing half-written is left behind
 * @throws DataError when the stream does not give the images that it announces
 * @throws the signal's reason when it aborts, and what the stream throws
 *
 * @example
 * ```ts
 * const train = await materialize(stream, { memoryBytes: 2 ** 30 });
 * const images = await readImages(train, Uint32Array.of(0, 1, 2));
 * ```
 */
export async function materialize(
  stream: ImageStream,
  {
    memoryBytes = DEFAULT_MEMORY_BYTES,
    cacheFolder = userCacheFolder(),
    signal,
    onProgress,
  }: MaterializeOptions = {},
): Promise<ImageSource> {
  signal?.throwIfAborted();
  const description = describe(stream);
  const sizeBytes = stream.count * imageBytes(stream);
  if (sizeBytes <= Math.min(memoryBytes, constants.MAX_LENGTH)) {
    const images = shareableBytes(sizeBytes);
    let end = 0;
    for await (const image of decoded(stream, signal, onProgress)) {
      images.set(image, end);
      end += image.length;
    }
    return { ...description, images };
  }
  const content = cacheContentOf(stream.key, description);
  const path = cacheFilePath(cacheFolder, content);
  const found = (await isThere(path)) ? await StoredImages.open(path, content, description) : undefined;
  if (found !== undefined) return found;
  const images = decoded(stream, signal, onProgress, path);
  const failure = await writeCache(path, content, description.labels, images).catch(unlessCacheError);
  // Another process may have made it meanwhile; Windows does not let us replace a file that it has open.
  const written = (await isThere(path)) ? await StoredImages.open(path, content, description) : undefined;
  if (written !== undefined) return written;
  throw failure ?? new DataError(path, "the images that were decoded", "others", { code: "NIN_DATA_CACHE" });
}

function unlessCacheError(error: unknown): DataError {
  if (error instanceof DataError && error.code === "NIN_DATA_CACHE") return error;
  throw error;
}

/** The images of a stream, each of the right size, and as many as there should be. */
async function* decoded(
  stream: ImageStream,
  signal: AbortSignal | undefined,
  onProgress: MaterializeOptions["onProgress"],
  file?: string,
): AsyncGenerator<Uint8Array, void> {
  const { name, count: totalCount } = stream;
  const size = imageBytes(stream);
  const report = (count: number) =>
    onProgress?.({ count, totalCount, ...(file === undefined ? {} : { file }) });
  let count = 0;
  let reportedMs = performance.now();
  for await (const image of stream.decode(signal)) {
    if (image.length !== size)
      throw new DataError(name, `${size} bytes in image ${count}`, `${image.length}`);
    if (count === totalCount) throw new DataError(name, `${totalCount} images`, "more");
    yield image;
    count += 1;
    if (performance.now() - reportedMs < REPORTED_MS) continue;
    // A stream that never waits must not keep the signal from aborting.
    await setImmediate();
    signal?.throwIfAborted();
    report(count);
    reportedMs = performance.now();
  }
  if (count < totalCount) throw new DataError(name, `${totalCount} images`, `${count}`);
  report(count);
}

/** Whether there is a file; something else in its place is not ours to replace. */
async function isThere(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined || info.isFile()) return info !== undefined;
  const expected = "a cache of decoded images, or nothing";
  throw new DataError(path, expected, "something that is no file", { code: "NIN_DATA_CACHE" });
}

function describe(stream: ImageStream): ImageSetDescription {
  const { name, classes, classNames, channels, height, width, count } = stream;
  if (stream.labels.length !== count) throw new DataError(name, `${count} labels`, `${stream.labels.length}`);
  const labels = classLabels(count, classes);
  labels.set(stream.labels);
  return { name, classes, classNames, channels, height, width, labels, count };
}
