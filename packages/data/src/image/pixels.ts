import { resizeAxis } from "@nin/spec";
import { DataError } from "../dataset/errors.js";
import { luma } from "../dataset/planes.js";
import { type ImageSize, resizeColumns, resizeRow } from "./resize.js";

/**
 * The most pixels that a picture may have, as in Pillow: a small file may unpack to any number ("decompression bomb").
 */
export const MAX_PIXELS = 178_956_970;

/** What a network takes: the number of channels (1 or 3) and the size. */
export interface ImageFormat extends ImageSize {
  readonly channels: number;
}

/** The pixels of a picture as its file has them, upright: EXIF orientation applied, alpha not yet. */
export interface DecodedImage extends ImageSize {
  /** Grey, grey and alpha, RGB, or RGBA. */
  readonly channels: 1 | 2 | 3 | 4;
  /** Shape: [height, width, channels], row-major; colours are not multiplied by alpha. */
  readonly pixels: Uint8Array | Uint8ClampedArray;
}

/** A part of a picture. Units: pixels. */
export interface CropBox extends ImageSize {
  readonly top: number;
  readonly left: number;
}

/**
 * The image that a network gets of a picture, the same bits in Node and in a page:
 *
 * 1. alpha over black: `t = c * a + 128; c = (t + (t >> 8)) >> 8`, which is c * a / 255 rounded
 * 2. grey where the network has one channel: `(19595 R + 38470 G + 7471 B + 32768) >> 16`
 * 3. the part in the middle that has the target's aspect, `centreCrop`
 * 4. `resizeImages` to the target's size
 *
 * @param decoded - for example an `ImageData` of a canvas, with `channels: 4`
 * @param to - the size and channels of the network's input
 * @returns shape [channels, height, width]
 * @throws DataError (`NIN_DATA_OPTION`) for pixels that are not as many as the size says, or channels other than 1 and 3
 *
 * @example
 * ```ts
 * const decoded = { pixels: new Uint8Array(640 * 480 * 4), channels: 4, height: 480, width: 640 } as const;
 * const image = imageFromPixels(decoded, { channels: 3, height: 32, width: 32 });
 * ```
 *
 * Source of the grey: ITU-R BT.601-2 luma in 16 bits of fraction, as Pillow converts RGB to L.
 */
export function imageFromPixels(decoded: DecodedImage, to: ImageFormat): Uint8Array {
  checkFormat(to);
  checkPixels(decoded);
  const box = centreCrop(decoded, to);
  // One plane where all would be the same.
  const planes = decoded.channels < 3 ? 1 : to.channels;
  const resized = resizeColumns(
    resizedRows(decoded, box, planes, to.width),
    planes,
    to.width,
    resizeAxis(box.height, to.height),
  );
  return planes === to.channels ? resized : threeTimes(resized);
}

/**
 * The largest part in the middle of a picture with the target's aspect: `min(w, floor(h * W / H + 0.5))` wide and
 * `min(h, floor(w * H / W + 0.5))` high, at least one pixel, the offsets rounded down.
 */
export function centreCrop({ height: h, width: w }: ImageSize, { height, width }: ImageSize): CropBox {
  const cw = Math.max(1, Math.min(w, Math.floor((h * width) / height + 0.5)));
  const ch = Math.max(1, Math.min(h, Math.floor((w * height) / width + 0.5)));
  return { top: Math.floor((h - ch) / 2), left: Math.floor((w - cw) / 2), height: ch, width: cw };
}

/** @throws DataError unless pictures can be made into images of this format */
export function checkFormat({ channels, height, width }: ImageFormat): void {
  if (channels !== 1 && channels !== 3) {
    const found = `${channels}`;
    throw new DataError("channels", "a network with 1 channel (grey) or 3 (RGB)", found, OPTION);
  }
  for (const [name, size] of Object.entries({ height, width })) {
    if (Number.isSafeInteger(size) && size > 0) continue;
    throw new DataError(name, "a positive number of pixels", `${size}`, OPTION);
  }
}

const OPTION = { code: "NIN_DATA_OPTION" } as const;

function checkPixels({ pixels, channels, height, width }: DecodedImage): void {
  if (pixels.length === channels * height * width && pixels.length > 0) return;
  const expected = `${height} x ${width} pixels of ${channels} bytes`;
  throw new DataError("pixels", expected, `${pixels.length} bytes`, OPTION);
}

/** The part of the picture, each row resized as it is read. Shape: [planes, box.height, toWidth]. */
function resizedRows(decoded: DecodedImage, box: CropBox, planes: number, toWidth: number): Uint8Array {
  const output = new Uint8Array(planes * box.height * toWidth);
  const axis = resizeAxis(box.width, toWidth);
  const row = new Uint8Array(planes * box.width);
  for (let y = 0; y < box.height; y += 1) {
    readRow(decoded, ((box.top + y) * decoded.width + box.left) * decoded.channels, row, planes);
    for (let plane = 0; plane < planes; plane += 1) {
      const from = (plane * box.height + y) * toWidth;
      if (box.width === toWidth) output.set(row.subarray(plane * toWidth, (plane + 1) * toWidth), from);
      else resizeRow(row, plane * box.width, { output, from }, axis);
    }
  }
  return output;
}

/** Part of a row of pixels, from `source` on, as planes: alpha over black, grey where there is one plane. */
function readRow({ pixels, channels }: DecodedImage, source: number, row: Uint8Array, planes: number): void {
  const hasAlpha = channels === 2 || channels === 4;
  const width = row.length / planes;
  for (let x = 0, from = source; x < width; x += 1, from += channels) {
    const alpha = hasAlpha ? (pixels[from + channels - 1] as number) : 255;
    const first = overBlack(pixels[from] as number, alpha);
    if (channels < 3) {
      row[x] = first;
      continue;
    }
    const green = overBlack(pixels[from + 1] as number, alpha);
    const blue = overBlack(pixels[from + 2] as number, alpha);
    if (planes === 1) {
      row[x] = luma(first, green, blue);
      continue;
    }
    row[x] = first;
    row[width + x] = green;
    row[2 * width + x] = blue;
  }
}

function overBlack(value: number, alpha: number): number {
  if (alpha === 255) return value;
  const product = value * alpha + 128;
  return (product + (product >> 8)) >> 8;
}

function threeTimes(plane: Uint8Array): Uint8Array {
  const planes = new Uint8Array(3 * plane.length);
  for (let channel = 0; channel < 3; channel += 1) planes.set(plane, channel * plane.length);
  return planes;
}
