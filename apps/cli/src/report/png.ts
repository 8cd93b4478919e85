import { crc32, deflateSync } from "node:zlib";
import { present } from "@nin/spec";
import type { ImageSize } from "./report-data.js";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const GREY = 0;
const RGB = 2;
const PALETTE = 3;

/** A colour and how opaque it is, each from 0 to 255. */
export interface PaletteColour {
  readonly rgb: readonly [red: number, green: number, blue: number];
  readonly alpha: number;
}

/**
 * An image as a `data:` URI: RGB where it has three channels, else its first channel in grey.
 *
 * Shapes: pixels [channels, height, width].
 *
 * Source: PNG (third edition), 8 bits a sample, no row filter.
 *
 * @throws `RangeError` when there are fewer or more bytes than the size says.
 */
export function pngDataUri(pixels: Uint8Array, size: ImageSize): string {
  const { channels, height, width } = size;
  if (pixels.length !== channels * height * width)
    throw new RangeError(
      `a sample image: expected ${channels}x${height}x${width} bytes, got ${pixels.length}`,
    );
  return dataUri(size, channels === 3 ? RGB : GREY, [chunk("IDAT", deflateSync(scanLines(pixels, size)))]);
}

/**
 * An image of at most 256 colours, which may be transparent, as a `data:` URI.
 *
 * @param indices - the position of each pixel's colour in the palette. Shape: [height, width]
 * @throws `RangeError` when there are fewer or more pixels than the size says, or too many colours
 */
export function palettePngDataUri(
  indices: Uint8Array,
  size: Omit<ImageSize, "channels">,
  palette: readonly PaletteColour[],
): string {
  const { height, width } = size;
  if (indices.length !== height * width || palette.length > 256)
    throw new RangeError(
      `expected ${height}x${width} pixels of up to 256 colours, got ${indices.length} of ${palette.length}`,
    );
  return dataUri(size, PALETTE, [
    chunk("PLTE", Uint8Array.from(palette.flatMap(({ rgb }) => rgb))),
    chunk(
      "tRNS",
      Uint8Array.from(palette, ({ alpha }) => alpha),
    ),
    chunk("IDAT", deflateSync(scanLines(indices, { channels: 1, height, width }))),
  ]);
}

function dataUri(
  { height, width }: Omit<ImageSize, "channels">,
  colourType: number,
  chunks: readonly Buffer[],
): string {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colourType], 8);
  const end = chunk("IEND", Buffer.alloc(0));
  const file = Buffer.concat([SIGNATURE, chunk("IHDR", header), ...chunks, end]);
  return `data:image/png;base64,${file.toString("base64")}`;
}

/** Planes to interleaved samples, each row led by the byte of its filter, none. */
function scanLines(pixels: Uint8Array, { channels, height, width }: ImageSize): Uint8Array {
  const planes = channels === 3 ? 3 : 1;
  const lines = new Uint8Array(height * (1 + width * planes));
  let at = 0;
  for (let row = 0; row < height; row++) {
    at++;
    for (let column = 0; column < width; column++)
      for (let plane = 0; plane < planes; plane++)
        lines[at++] = present(pixels[(plane * height + row) * width + column]);
  }
  return lines;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), framed.length - 4);
  return framed;
}
