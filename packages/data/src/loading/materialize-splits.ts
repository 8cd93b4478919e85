import { type DatasetPair, type ImageSource, imageBytes } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import type { LazyStream } from "../dataset/lazy-stream.js";
import { DEFAULT_MEMORY_BYTES, materialize } from "../stored/materialize.js";
import type { ImageLoadOptions } from "./options.js";

/** The two splits, before they are decoded. */
export interface SplitStreams {
  readonly train: LazyStream;
  readonly test: LazyStream;
}

/** Whether both splits are to be in memory. */
export function fitsInMemory({ train, test }: SplitStreams, { dataMemoryBytes }: ImageLoadOptions): boolean {
  return sizeOf(train) + sizeOf(test) <= (dataMemoryBytes ?? DEFAULT_MEMORY_BYTES);
}

/**
 * Decodes both splits: into memory where they fit together, and otherwise the training images into a file, as well as the
 * test images unless they fit alone.
 *
 * @throws DataError when they do not fit and `dataMemoryBytes` is not given
 */
export async function materializeSplits(
  streams: SplitStreams,
  options: ImageLoadOptions,
): Promise<DatasetPair<ImageSource>> {
  const { dataMemoryBytes } = options;
  const fits = fitsInMemory(streams, options);
  if (!fits && dataMemoryBytes === undefined) {
    const expected = `images of at most ${DEFAULT_MEMORY_BYTES} bytes, or dataMemoryBytes, which keeps more in a file`;
    const found = `${sizeOf(streams.train) + sizeOf(streams.test)} bytes`;
    throw new DataError(streams.train.name, expected, found, { code: "NIN_DATA_OPTION" });
  }
  const memoryBytes = fits ? Number.MAX_SAFE_INTEGER : (dataMemoryBytes ?? DEFAULT_MEMORY_BYTES);
  const train = await materializeSplit(streams.train, "train", fits ? memoryBytes : 0, options);
  return { train, test: await materializeSplit(streams.test, "test", memoryBytes, options) };
}

async function materializeSplit(
  stream: LazyStream,
  split: "train" | "test",
  memoryBytes: number,
  { cacheFolder, signal, onDecodeProgress }: ImageLoadOptions,
): Promise<ImageSource> {
  const isStored = sizeOf(stream) > memoryBytes;
  // The key is that of a file: it takes reading everything.
  const key = isStored ? await stream.key(signal) : "";
  return materialize(
    { ...stream, key },
    {
      memoryBytes,
      ...(cacheFolder === undefined ? {} : { cacheFolder }),
      ...(signal === undefined ? {} : { signal }),
      ...(onDecodeProgress === undefined
        ? {}
        : { onProgress: (progress) => onDecodeProgress({ ...progress, split }) }),
    },
  );
}

function sizeOf(stream: LazyStream): number {
  return stream.count * imageBytes(stream);
}
