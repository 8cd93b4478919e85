import { FileError, readFileBounded } from "@nin/files";
import { DataError } from "../dataset/errors.js";
import { type DecodeOptions, decodePixels } from "./decode.js";
import { checkFormat, type DecodedImage, type ImageFormat, imageFromPixels } from "./pixels.js";

/** The largest file of a picture. Units: bytes. */
const MAX_FILE_BYTES = 2 ** 29;

/** How a picture is read from a file. */
export interface ReadImageOptions extends Partial<Pick<DecodeOptions, "maxPixels">> {
  /** Whether pipes and terminals are refused, as in a folder of images. */
  readonly regularOnly?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Reads a picture as a network's input: decoded at full size, then as `imageFromPixels` does. PNG, JPEG, WebP, GIF
 * and AVIF, recognised by their content.
 *
 * @param to - the network's input: 1 or 3 channels, height and width
 * @returns shape [channels, height, width]
 * @throws DataError with the path when the file cannot be read, is no picture, or is damaged, truncated or too large
 * @throws `MissingPackageError` without `sharp`
 * @throws the signal's reason when it aborts
 *
 * @example
 * ```ts
 * const image = await readImageFile("boot.jpg", { channels: 1, height: 28, width: 28 });
 * ```
 */
export async function readImageFile(
  path: string,
  to: ImageFormat,
  options: ReadImageOptions = {},
): Promise<Uint8Array> {
  checkFormat(to);
  return imageFromPixels(await readPixels(path, options), to);
}

/**
 * As `readImageFile`, of the bytes of such a file.
 *
 * @param name - what the picture is called in messages
 */
export async function readImageBytes(
  bytes: Uint8Array,
  to: ImageFormat,
  { name = "image", ...options }: Partial<DecodeOptions> = {},
): Promise<Uint8Array> {
  checkFormat(to);
  return imageFromPixels(await decodePixels(bytes, { name, ...options }), to);
}

/** The pixels of a picture's file. Throws as `readImageFile` does. */
export async function readPixels(path: string, options: ReadImageOptions = {}): Promise<DecodedImage> {
  const { maxPixels, ...reading } = options;
  const bytes = await readImageContent(path, reading);
  options.signal?.throwIfAborted();
  return decodePixels(bytes, { name: path, ...(maxPixels === undefined ? {} : { maxPixels }) });
}

/** The bytes of a picture's file. @throws DataError */
export async function readImageContent(
  path: string,
  options: Pick<ReadImageOptions, "regularOnly" | "signal"> = {},
): Promise<Uint8Array> {
  try {
    return await readFileBounded(path, { maxBytes: MAX_FILE_BYTES, ...options });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const code = error.code === "NIN_FILE_MISSING" ? "NIN_DATA_MISSING" : "NIN_DATA";
    throw new DataError(path, "an image file", `one that ${error.problem}`, { code, cause: error });
  }
}
