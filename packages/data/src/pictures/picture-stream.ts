import { createHash } from "node:crypto";
import { availableParallelism } from "@nin/files";
import { at } from "@nin/spec";
import { classLabels } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import type { LazyStream } from "../dataset/lazy-stream.js";
import { decodePixels, ImageSizeError } from "../image/decode.js";
import { loadSharp } from "../image/peers.js";
import { checkFormat, type DecodedImage, type ImageFormat, imageFromPixels } from "../image/pixels.js";
import { readImageContent } from "../image/read-image-file.js";
import type { LabelledFile } from "./picture-set.js";

/** Pictures of more pixels are decoded one at a time, for want of memory. */
const MANY_PIXELS = 2 ** 25;

/** A picture that cannot be used. */
export interface BrokenImage {
  readonly path: string;
  /** One line that says what was expected and what was found. */
  readonly problem: string;
}

/** What pictures are made into. */
export interface PictureFormat extends ImageFormat {
  /** Whether they have this size already, and others are an error. */
  readonly isFixed: boolean;
}

/** Which pictures, and what they are called. */
export interface PictureStreamOptions {
  readonly name: string;
  readonly classNames: readonly string[];
  readonly format: PictureFormat;
  /** Called with each picture that is broken, in their order, which is black then; otherwise one ends the stream with its error. */
  readonly onBroken?: (broken: BrokenImage) => void;
}

/** The images of pictures, several decoded at once. */
export function pictureStream(files: readonly LabelledFile[], options: PictureStreamOptions): LazyStream {
  const { name, classNames, format, onBroken } = options;
  const labels = classLabels(files.length, classNames.length);
  labels.set(files.map(({ label }) => label));
  const { channels, height, width } = format;
  const reader = new PictureReader();
  const imageOf = async (path: string, signal?: AbortSignal): Promise<Uint8Array | BrokenImage> => {
    try {
      return formatted(path, await reader.read(path, signal), format);
    } catch (error) {
      if (onBroken === undefined || !isBroken(error)) throw error;
      return { path, problem: error.message };
    }
  };
  // Here and not in imageOf, which ends in any order.
  async function* decode(signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
    for await (const image of inOrder(files, ({ path }) => imageOf(path, signal), signal)) {
      if (image instanceof Uint8Array) yield image;
      else {
        onBroken?.(image);
        yield new Uint8Array(channels * height * width);
      }
    }
  }
  return {
    ...{ name, classes: classNames.length, classNames, channels, height, width, labels },
    count: files.length,
    key: (signal) => keyOf(files, options, signal),
    decode,
  };
}

/** Whether an error is about the content of a file, and not about an option, or a mistake. */
export function isBroken(error: unknown): error is DataError {
  return error instanceof DataError && (error.code === "NIN_DATA" || error.code === "NIN_DATA_MISSING");
}

/** Reads pictures, of which the large ones are decoded one after another. */
export class PictureReader {
  #large: Promise<unknown> = Promise.resolve();

  /** @param options - whether pipes and terminals are refused, as in a folder of images */
  constructor(private readonly options: { readonly regularOnly: boolean } = { regularOnly: true }) {}

  async read(path: string, signal?: AbortSignal): Promise<DecodedImage> {
    const bytes = await readImageContent(path, {
      ...this.options,
      ...(signal === undefined ? {} : { signal }),
    });
    signal?.throwIfAborted();
    try {
      return await decodePixels(bytes, { name: path, maxPixels: MANY_PIXELS });
    } catch (error) {
      if (!(error instanceof ImageSizeError)) throw error;
      const decoding = this.#large.then(() => decodePixels(bytes, { name: path }));
      this.#large = decoding.catch(() => {});
      return decoding;
    }
  }
}

/**
 * Reads pictures as `readImageFile` does, in the order given, several at once.
 *
 * @param to - the network's input: 1 or 3 channels, height and width
 * @param skipBroken - whether a picture that cannot be read is yielded as such; otherwise it ends the reading with its error
 * @returns of each path the image, [channels, height, width], or what is wrong with it
 * @throws as `readImageFile` does
 *
 * @example
 * ```ts
 * for await (const read of readImageFiles(paths, { channels: 3, height: 32, width: 32 })) {
 *   if ("image" in read) console.log(read.path, read.image.length);
 * }
 * ```
 */
export async function* readImageFiles(
  paths: readonly string[],
  to: ImageFormat,
  { skipBroken = false, signal }: { readonly skipBroken?: boolean; readonly signal?: AbortSignal } = {},
): AsyncGenerator<{ readonly path: string; readonly image: Uint8Array } | BrokenImage, void> {
  checkFormat(to);
  const reader = new PictureReader({ regularOnly: false });
  const read = async (path: string) => {
    try {
      return { path, image: imageFromPixels(await reader.read(path, signal), to) };
    } catch (error) {
      if (!skipBroken || !isBroken(error)) throw error;
      return { path, problem: error.message };
    }
  };
  yield* inOrder(paths, read, signal);
}

/** The results for all items in their order, several computed at once. */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  signal?: AbortSignal,
): AsyncGenerator<Result, void> {
  const atOnce = Math.min(16, 2 * availableParallelism() + 2);
  const running: Promise<Result>[] = [];
  for (let next = 0; next < items.length || running.length > 0; ) {
    signal?.throwIfAborted();
    while (next < items.length && running.length < atOnce) {
      const result = work(at(items, next));
      // An earlier one may end the loop before this one is looked at.
      result.catch(() => {});
      running.push(result);
      next += 1;
    }
    yield await at(running, 0);
    void running.shift();
  }
}

function formatted(path: string, decoded: DecodedImage, format: PictureFormat): Uint8Array {
  const { height, width, isFixed } = format;
  if (isFixed && (decoded.height !== height || decoded.width !== width)) {
    const expected = `an image ${width} wide and ${height} high as the first one (set an image size to resize them)`;
    throw new DataError(path, expected, `${decoded.width} x ${decoded.height}`, { code: "NIN_DATA_OPTION" });
  }
  return imageFromPixels(decoded, format);
}

async function keyOf(
  files: readonly LabelledFile[],
  { format, onBroken }: PictureStreamOptions,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { versions } = await loadSharp();
  const { channels, height, width } = format;
  const hash = createHash("sha256");
  hash.update(JSON.stringify(["pictures 1", versions.sharp, versions.vips, channels, height, width]));
  const digestOf = async ({ path }: LabelledFile): Promise<Uint8Array | string> => {
    try {
      const content = await readImageContent(path, { regularOnly: true });
      return createHash("sha256").update(content).digest();
    } catch (error) {
      if (onBroken === undefined || !isBroken(error)) throw error;
      return "unreadable";
    }
  };
  for await (const digest of inOrder(files, digestOf, signal)) hash.update(digest);
  return hash.digest("hex");
}
