import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import {
  type DatasetPair,
  type ImageSource,
  isInMemory,
  orderedBatches,
  type StoredDataset,
} from "@nin/data";
import type { DataRecord, SplitRecord } from "./config.js";

/** How much is hashed before the process may do something else. Units: bytes. */
const HASHED_BYTES = 2 ** 24;

/** The hashes of stored data sets, which do not change, so that a large file is read once. */
const storedHashes = new WeakMap<StoredDataset, string>();

/**
 * The `data` of a run's config, with hashes of images and labels: the same for the same bytes, in memory or in a file.
 *
 * @param pair - `limit` has been applied to its training images, and none are set aside for validation
 * @param source - where they were loaded from
 * @throws DataError when a file cannot be read
 * @throws the signal's reason when it aborts
 *
 * @example
 * ```ts
 * const data = await describeData(await loadDataset("fashion-mnist"), "fashion-mnist");
 * ```
 */
export async function describeData(
  pair: DatasetPair<ImageSource>,
  source: string,
  limit: number | null = null,
  signal?: AbortSignal,
): Promise<DataRecord> {
  const { channels, height, width } = pair.train;
  return {
    source,
    limit,
    classNames: pair.train.classNames,
    image: { channels, height, width },
    train: await describeSplit(pair.train, signal),
    test: await describeSplit(pair.test, signal),
  };
}

async function describeSplit(split: ImageSource, signal: AbortSignal | undefined): Promise<SplitRecord> {
  const { count } = split;
  if (isInMemory(split)) return { count, sha256: await hashOf(split, inMemory(split.images), signal) };
  const known = split.sha256 ?? storedHashes.get(split);
  if (known !== undefined) return { count, sha256: known };
  const sha256 = await hashOf(split, inFile(split), signal);
  storedHashes.set(split, sha256);
  return { count, sha256 };
}

async function hashOf(
  { labels }: ImageSource,
  parts: Iterable<Uint8Array | Promise<Uint8Array>>,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash("sha256");
  for (const part of parts) {
    signal?.throwIfAborted();
    hash.update(await part);
    await setImmediate();
  }
  return hash.update(labels).digest("hex");
}

function* inMemory(images: Uint8Array): Generator<Uint8Array, void> {
  for (let start = 0; start < images.length; start += HASHED_BYTES)
    yield images.subarray(start, start + HASHED_BYTES);
}

function* inFile(stored: StoredDataset): Generator<Promise<Uint8Array>, void> {
  const { count, channels, height, width } = stored;
  const atOnce = Math.max(1, Math.floor(HASHED_BYTES / (channels * height * width)));
  stored.announce?.(orderedBatches(count, atOnce));
  for (const batch of orderedBatches(count, atOnce)) yield stored.read(batch);
}
