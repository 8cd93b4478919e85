import { DataError } from "../dataset/errors.js";
import { IMAGE_KINDS, imageKind, KIND_BYTES, otherKind } from "../image/kinds.js";
import { checkFormat, type ImageFormat, imageFromPixels, MAX_PIXELS } from "../image/pixels.js";

/**
 * Decodes a picture in a page as `readImageFile` of `@nin/data/node` does: upright, without conversion of colours, then
 * `imageFromPixels`. PNG gives the same bytes (docs/numerics.md).
 *
 * @returns shape [channels, height, width]
 * @throws DataError for what is no picture, or cannot be decoded by this browser
 *
 * @example
 * ```ts
 * const image = await imageFromBlob(input.files[0], { channels: 3, height: 32, width: 32 });
 * ```
 */
export async function imageFromBlob(blob: Blob, to: ImageFormat, name = "image"): Promise<Uint8Array> {
  checkFormat(to);
  const beginning = new Uint8Array(await blob.slice(0, KIND_BYTES).arrayBuffer());
  const kind = imageKind(beginning);
  if (kind === undefined) throw new DataError(name, `a ${IMAGE_KINDS} image`, otherKind(beginning));
  const bitmap = await page()
    .createImageBitmap(blob, {
      colorSpaceConversion: "none",
      premultiplyAlpha: "none",
      imageOrientation: "from-image",
    })
    .catch((error: unknown): never => {
      const found = "one that is truncated, damaged, or of a kind that this browser does not decode";
      throw new DataError(name, `a whole ${kind} image`, found, { cause: error });
    });
  try {
    const { height, width } = bitmap;
    if (height * width > MAX_PIXELS)
      throw new DataError(name, `an image of at most ${MAX_PIXELS} pixels`, `${width} x ${height}`);
    return imageFromPixels({ pixels: pixelsOf(bitmap), channels: 4, height, width }, to);
  } finally {
    bitmap.close();
  }
}

/**
 * The pixels of a bitmap. A canvas keeps them multiplied by alpha and divides them again; once more over black they are
 * the same bytes, since each product is rounded to the nearest.
 */
function pixelsOf(bitmap: Bitmap): Uint8ClampedArray {
  const { height, width } = bitmap;
  const context = new (page().OffscreenCanvas)(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new DataError("canvas", "a 2D context of an OffscreenCanvas", "none");
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}

/** What of a page is used here: this package is compiled without the types of pages. */
interface Page {
  createImageBitmap(
    blob: Blob,
    options: {
      readonly colorSpaceConversion: "none";
      readonly premultiplyAlpha: "none";
      readonly imageOrientation: "from-image";
    },
  ): Promise<Bitmap>;
  readonly OffscreenCanvas: new (width: number, height: number) => Canvas;
}

interface Bitmap {
  readonly height: number;
  readonly width: number;
  close(): void;
}

interface Canvas {
  getContext(kind: "2d", options: { readonly willReadFrequently: boolean }): CanvasContext | null;
}

interface CanvasContext {
  drawImage(image: Bitmap, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
}

function page(): Page {
  return globalThis as unknown as Page;
}
