import { type ImageFormat, imageFromPixels } from "@nin/data";
import { at } from "@nin/spec";
import type { Picture } from "../inside/index.js";

/** What is done to a picture before the network gets it. */
export interface PictureOptions {
  readonly isInverted: boolean;
  /** Whether colours become grey; all channels are then equal. */
  readonly isGrey: boolean;
}

/** Paler marks than this do not count as drawn. Units: bytes. */
const FAINT = 16;

/**
 * A drawing as an image of a data set: the part that is drawn, in the middle, as large as it fits, which is how
 * Fashion-MNIST's images were made; or the whole sheet.
 *
 * @param sheet - grey, 0 where nothing is drawn. Shape: [height, width]
 * @returns undefined where nothing is drawn
 */
export function pictureOfDrawing(
  sheet: { readonly pixels: Uint8Array; readonly height: number; readonly width: number },
  format: ImageFormat,
  isFitted: boolean,
): Picture | undefined {
  const box = drawnBox(sheet);
  if (box === undefined) return undefined;
  const { channels, height, width } = format;
  const part = isFitted ? framed(sheet, box, format) : sheet;
  return { pixels: imageFromPixels({ ...part, channels: 1 }, format), channels, height, width };
}

/** A picture with its options applied; itself where there are none. */
export function changedPicture(picture: Picture, { isInverted, isGrey }: PictureOptions): Picture {
  const grey = isGrey && picture.channels === 3 ? greyPixels(picture) : picture.pixels;
  if (!isInverted) return grey === picture.pixels ? picture : { ...picture, pixels: grey };
  return { ...picture, pixels: grey.map((value) => 255 - value) };
}

/** A part of a sheet. Units: pixels. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The smallest part that has everything that is drawn. */
export function drawnBox(sheet: {
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
}): Box | undefined {
  const { pixels, height, width } = sheet;
  let [top, left, bottom, right] = [height, width, -1, -1];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (at(pixels, y * width + x) <= FAINT) continue;
      if (y < top) top = y;
      if (x < left) left = x;
      if (y > bottom) bottom = y;
      if (x > right) right = x;
    }
  }
  return bottom < 0 ? undefined : { top, left, height: bottom - top + 1, width: right - left + 1 };
}

/** A part of a sheet in the middle of a black one of the format's aspect. */
function framed(
  { pixels, width }: { readonly pixels: Uint8Array; readonly width: number },
  box: Box,
  format: ImageFormat,
): { readonly pixels: Uint8Array; readonly height: number; readonly width: number } {
  const toWidth = Math.max(box.width, Math.round((box.height * format.width) / format.height));
  const toHeight = Math.max(box.height, Math.round((box.width * format.height) / format.width));
  const [top, left] = [Math.floor((toHeight - box.height) / 2), Math.floor((toWidth - box.width) / 2)];
  const framedPixels = new Uint8Array(toHeight * toWidth);
  for (let y = 0; y < box.height; y += 1) {
    const from = (box.top + y) * width + box.left;
    framedPixels.set(pixels.subarray(from, from + box.width), (top + y) * toWidth + left);
  }
  return { pixels: framedPixels, height: toHeight, width: toWidth };
}

/** As `imageFromPixels` of `@nin/data` makes colours grey. */
function greyPixels({ pixels, height, width }: Picture): Uint8Array {
  const plane = height * width;
  const all = new Uint8Array(3 * plane);
  for (let index = 0; index < plane; index += 1) {
    const [red, green, blue] = [at(pixels, index), at(pixels, plane + index), at(pixels, 2 * plane + index)];
    all.fill((19595 * red + 38470 * green + 7471 * blue + 32768) >> 16, index, index + 1);
  }
  all.copyWithin(plane, 0, plane);
  all.copyWithin(2 * plane, 0, plane);
  return all;
}
