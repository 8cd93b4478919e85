import { JsonReader } from "../json-reader.js";

/** The format of the fixture's images. */
export const ninBaseImages = {
  channels: 1,
  height: 28,
  width: 28,
  preprocessing: { mean: 0, std: 1 },
} as const;

/** Reads `nin-base-images.json`: bytes, NCHW. Throws: `FixtureError` naming the path. */
export function parseNinBaseImages(json: unknown): Uint8Array {
  const root = new JsonReader(json);
  const { channels, height, width } = ninBaseImages;
  for (const [name, extent] of Object.entries({ channels, height, width })) root.field(name).oneOf(extent);
  const count = root.field("count").wholeNumber(1);
  const bytes = root.field("base64").parsed(decodeBase64);
  if (bytes.length === count * channels * height * width) return bytes;
  return root.field("base64").fail(`${count} images of ${channels * height * width} bytes`);
}

function decodeBase64(text: unknown): Uint8Array {
  return Uint8Array.from(atob(String(text)), (character) => character.charCodeAt(0));
}
