import { DataError } from "../dataset/errors.js";
import { type ImageSize, resizeImages } from "../resize.js";

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
  // Everything before the resize works on single pixels, so that the crop may come first.
  const isGrey = decoded.channels < 3;
  const planes = isGrey ? greyPlane(decoded, box) : colourPlanes(decoded, box);
  const channels = to.channels === 1 && !isGrey ? lumaPlane(planes) : planes;
  const resized = resizeImages(channels, box, to);
  return isGrey && to.channels === 3 ? threeTimes(resized) : resized;
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

/** Shape: [1, box.height, box.width]. */
function greyPlane({ pixels, channels, width }: DecodedImage, box: CropBox): Uint8Array {
  const plane = new Uint8Array(box.height * box.width);
  let target = 0;
  for (let y = 0; y < box.height; y += 1) {
    let source = ((box.top + y) * width + box.left) * channels;
    for (let x = 0; x < box.width; x += 1) {
      const value = pixels[source] as number;
      plane[target] = channels === 1 ? value : overBlack(value, pixels[source + 1] as number);
      target += 1;
      source += channels;
    }
  }
  return plane;
}

/** Shape: [3, box.height, box.width]. */
function colourPlanes({ pixels, channels, width }: DecodedImage, box: CropBox): Uint8Array {
  const area = box.height * box.width;
  const planes = new Uint8Array(3 * area);
  let target = 0;
  for (let y = 0; y < box.height; y += 1) {
    let source = ((box.top + y) * width + box.left) * channels;
    for (let x = 0; x < box.width; x += 1) {
      const alpha = channels === 3 ? 255 : (pixels[source + 3] as number);
      for (let channel = 0; channel < 3; channel += 1) {
        const value = pixels[source + channel] as number;
        planes[channel * area + target] = alpha === 255 ? value : overBlack(value, alpha);
      }
      target += 1;
      source += channels;
    }
  }
  return planes;
}

function overBlack(value: number, alpha: number): number {
  const product = value * alpha + 128;
  return (product + (product >> 8)) >> 8;
}

/** Shapes: [3, pixels] to [1, pixels]. */
function lumaPlane(planes: Uint8Array): Uint8Array {
  const area = planes.length / 3;
  const luma = new Uint8Array(area);
  for (let index = 0; index < area; index += 1) {
    const red = 19_595 * (planes[index] as number);
    const green = 38_470 * (planes[area + index] as number);
    luma[index] = (red + green + 7_471 * (planes[2 * area + index] as number) + 32_768) >> 16;
  }
  return luma;
}

function threeTimes(plane: Uint8Array): Uint8Array {
  const planes = new Uint8Array(3 * plane.length);
  for (let channel = 0; channel < 3; channel += 1) planes.set(plane, channel * plane.length);
  return planes;
}
