import { at, entry } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { pillowPictures } from "../testing/pictures.js";
import { decodePixels } from "./decode.js";
import { imageFromPixels } from "./pixels.js";
import { readImageBytes } from "./read-image-file.js";

/**
 * How far two decoders of the same lossy file may be apart. Measured: 0 for JPEG and WebP, 9 for AVIF, where libheif
 * and libavif enlarge the colour planes differently.
 */
const DECODER_TOLERANCE: ReadonlyMap<string, number> = new Map([
  ["jpg", 1],
  ["webp", 1],
  ["avif", 16],
]);

function apart(actual: Uint8Array, expected: Uint8Array): number {
  expect(actual.length).toBe(expected.length);
  return actual.reduce((most, value, index) => Math.max(most, Math.abs(value - at(expected, index))), 0);
}

describe.each(pillowPictures())("$name", ({ name, exactness, file, height, width, rgb, images }) => {
  const tolerance = exactness === "exact" ? 0 : entry(DECODER_TOLERANCE, at(name.split("."), 1));

  it("has Pillow's pixels", async () => {
    const decoded = await decodePixels(file, { name });
    expect([decoded.height, decoded.width]).toEqual([height, width]);
    const planes = imageFromPixels(decoded, { channels: 3, height, width });
    const interleaved = Uint8Array.from(rgb, (_, index) =>
      at(planes, (index % 3) * height * width + Math.floor(index / 3)),
    );
    expect(apart(interleaved, rgb)).toBeLessThanOrEqual(tolerance);
  });

  it.each(images)("as an image of $height x $width, in colour and grey", async (image) => {
    const colour = await readImageBytes(file, { ...image, channels: 3 });
    expect(apart(colour, image.rgb)).toBeLessThanOrEqual(tolerance);
    const grey = await readImageBytes(file, { ...image, channels: 1 });
    expect(apart(grey, image.grey)).toBeLessThanOrEqual(tolerance);
  });
});
