import type { ImageSetDescription } from "./dataset.js";

/** Images that are decoded one after another, like `ImageStream`, whose key is computed only where it is needed. */
export interface LazyStream extends ImageSetDescription {
  /** See `ImageStream.key`; reads the files. */
  key(signal?: AbortSignal): Promise<string>;
  /** See `ImageStream.decode`. */
  decode(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** The first images of a stream; all when there are fewer. */
export function firstOfStream(stream: LazyStream, limit: number | undefined): LazyStream {
  if (limit === undefined || limit >= stream.count) return stream;
  return {
    ...stream,
    labels: stream.labels.subarray(0, limit),
    count: limit,
    key: async (signal) => `${await stream.key(signal)} first ${limit}`,
    decode: (signal) => taken(stream.decode(signal), limit),
  };
}

async function* taken(images: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array, void> {
  let count = 0;
  for await (const image of images) {
    yield image;
    count += 1;
    if (count === limit) return;
  }
}
