import type { SharpInput, SharpOptions } from "sharp";
import { DataError } from "../dataset/errors.js";
import { IMAGE_KINDS, type ImageKind, imageKind, otherKind } from "./kinds.js";
import { loadSharp, type Sharp } from "./peers.js";
import { type DecodedImage, MAX_PIXELS } from "./pixels.js";

/** A picture has more pixels than are accepted. */
export class ImageSizeError extends DataError {}

/** How a picture is decoded. */
export interface DecodeOptions {
  /** What the picture is called in messages. */
  readonly name: string;
  /** The most pixels it may have; `MAX_PIXELS` by default. */
  readonly maxPixels?: number;
}

/**
 * Decodes a PNG, JPEG, WebP, GIF or AVIF to 8 bits a channel: upright by its EXIF orientation, the first frame of an
 * animation, the high bytes of 16 bits, without conversion of colours (an ICC profile is ignored), CMYK as
 * `(255 - C) * (255 - K) / 255` rounded. Off the main thread.
 *
 * @throws DataError with the picture's name when it is none, damaged, truncated, or too large
 * @throws `MissingPackageError` without `sharp`
 */
export async function decodePixels(bytes: Uint8Array, options: DecodeOptions): Promise<DecodedImage> {
  const { name, maxPixels = MAX_PIXELS } = options;
  const kind = imageKind(bytes);
  if (kind === undefined) throw new DataError(name, `a ${IMAGE_KINDS} image`, otherKind(bytes));
  const sharp = await loadSharp();
  const settings = { ignoreIcc: true, failOn: "error", limitInputPixels: maxPixels } as const;
  try {
    return await decode(sharp, bytes, kind, settings);
  } catch (error) {
    throw await refusal(sharp, bytes, error, { name, kind, maxPixels });
  }
}

async function decode(
  sharp: Sharp,
  bytes: SharpInput,
  kind: ImageKind,
  settings: SharpOptions,
): Promise<DecodedImage> {
  const image = sharp(bytes, settings);
  // Without this it would be converted by a profile of a printing press.
  const isCmyk = kind === "JPEG" && (await image.metadata()).space === "cmyk";
  if (isCmyk) image.pipelineColourspace("cmyk").toColourspace("cmyk");
  const { data, info } = await image
    .autoOrient()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { height, width, channels } = info;
  return isCmyk
    ? { pixels: rgbOfCmyk(data), channels: 3, height, width }
    : { pixels: data, channels, height, width };
}

function rgbOfCmyk(pixels: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((pixels.length / 4) * 3);
  let target = 0;
  for (let source = 0; source < pixels.length; source += 4) {
    const light = 255 - (pixels[source + 3] as number);
    for (let channel = 0; channel < 3; channel += 1) {
      const product = (pixels[source + channel] as number) * light + 128;
      rgb[target] = Math.max(0, light - ((product + (product >> 8)) >> 8));
      target += 1;
    }
  }
  return rgb;
}

async function refusal(
  sharp: Sharp,
  bytes: SharpInput,
  error: unknown,
  { name, kind, maxPixels }: { readonly name: string; readonly kind: ImageKind; readonly maxPixels: number },
): Promise<DataError> {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes("exceeds pixel limit")) {
    const found = await sharp(bytes, { limitInputPixels: false }).metadata();
    const size = `${found.width} x ${found.height}`;
    return new ImageSizeError(name, `an image of at most ${maxPixels} pixels`, size, { cause: error });
  }
  // No reason: libvips keeps what went wrong once for the whole process, and while images are decoded side by side it may
  // be missing, or another one's.
  return new DataError(name, `a whole ${kind} image`, "a truncated or damaged one", { cause: error });
}
