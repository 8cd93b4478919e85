import {
  type DatasetPair,
  type ImageSource,
  isInMemory,
  orderedBatches,
  type StoredDataset,
} from "@nin/data";
import type { DataRecord, SplitRecord } from "./config.js";
import type { CreateSha256 } from "./sha256.js";

/** How data are hashed where this runs. */
export interface DataHashing {
  readonly createSha256: CreateSha256;
  /** Lets others have a turn, between parts of some megabytes. */
  readonly pause: () => Promise<void>;
}

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
 */
export async function describeDataBy(
  hashing: DataHashing,
  pair: DatasetPair<ImageSource>,
  source: string,
  limit: number | null,
  signal?: AbortSignal,
): Promise<DataRecord> {
  const { channels, height, width } = pair.train;
  return {
    source,
    limit,
    classNames: pair.train.classNames,
    image: { channels, height, width },
    train: await describeSplit(hashing, pair.train, signal),
    test: await describeSplit(hashing, pair.test, signal),
  };
}

async function describeSplit(
  hashing: DataHashing,
  split: ImageSource,
  signal: AbortSignal | undefined,
): Promise<SplitRecord> {
  const { count } = split;
  if (isInMemory(split))
    return { count, sha256: await hashOf(hashing, split, inMemory(split.images), signal) };
  const known = split.sha256 ?? storedHashes.get(split);
  if (known !== undefined) return { count, sha256: known };
  const sha256 = await hashOf(hashing, split, inFile(split), signal);
  storedHashes.set(split, sha256);
  return { count, sha256 };
}

async function hashOf(
  { createSha256, pause }: DataHashing,
  { labels }: ImageSource,
  parts: Iterable<Uint8Array | Promise<Uint8Array>>,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createSha256();
  for (const part of parts) {
    signal?.throwIfAborted();
    hash.update(await part);
    await pause();
  }
  hash.update(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength));
  return hash.digest();
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
