import { crc32, inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { palettePngDataUri, pngDataUri } from "./png.js";

const PREFIX = "data:image/png;base64,";

describe("pngDataUri", () => {
  it("writes a grey image, whose sides may differ", () => {
    const image = decode(pngDataUri(Uint8Array.of(1, 2, 3, 4, 5, 255), { channels: 1, height: 2, width: 3 }));
    expect(image).toEqual({ width: 3, height: 2, depth: 8, colour: 0, rows: [0, 1, 2, 3, 0, 4, 5, 255] });
  });

  it("writes the three planes of an RGB image sample by sample", () => {
    const pixels = Uint8Array.of(1, 2, 11, 12, 21, 22);
    const image = decode(pngDataUri(pixels, { channels: 3, height: 1, width: 2 }));
    expect(image).toEqual({ width: 2, height: 1, depth: 8, colour: 2, rows: [0, 1, 11, 21, 2, 12, 22] });
  });

  it("shows the first of any other number of channels", () => {
    const image = decode(pngDataUri(Uint8Array.of(7, 8), { channels: 2, height: 1, width: 1 }));
    expect(image).toMatchObject({ colour: 0, rows: [0, 7] });
  });

  it("refuses pixels of another size", () => {
    expect(() => pngDataUri(new Uint8Array(5), { channels: 1, height: 2, width: 3 })).toThrow(
      "a sample image: expected 1x2x3 bytes, got 5",
    );
  });
});

describe("palettePngDataUri", () => {
  const palette = [
    { rgb: [1, 2, 3], alpha: 4 },
    { rgb: [5, 6, 7], alpha: 255 },
  ] as const;

  it("writes colours, how opaque they are, and which one each pixel has", () => {
    const uri = palettePngDataUri(Uint8Array.of(0, 1, 1, 1, 0, 0), { height: 2, width: 3 }, palette);
    expect(decode(uri, ["PLTE", "tRNS"])).toEqual({
      ...{ width: 3, height: 2, depth: 8, colour: 3, rows: [0, 0, 1, 1, 0, 1, 0, 0] },
      PLTE: [1, 2, 3, 5, 6, 7],
      tRNS: [4, 255],
    });
  });

  it("refuses pixels of another size, and more colours than a byte can name", () => {
    const size = { height: 1, width: 2 };
    expect(() => palettePngDataUri(new Uint8Array(3), size, palette)).toThrow(
      "expected 1x2 pixels of up to 256 colours, got 3 of 2",
    );
    const many = Array.from({ length: 257 }, () => palette[0]);
    expect(() => palettePngDataUri(new Uint8Array(2), size, many)).toThrow("got 2 of 257");
  });
});

/** Reads what the writer is to write, chunk by chunk. */
function decode(uri: string, further: readonly string[] = []): unknown {
  expect(uri.startsWith(PREFIX)).toBe(true);
  const file = Buffer.from(uri.slice(PREFIX.length), "base64");
  expect(file.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const body = file.subarray(at + 4, at + 8 + length);
    expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    chunks.set(body.toString("latin1", 0, 4), body.subarray(4));
    at += 12 + length;
  }
  expect([...chunks.keys()]).toEqual(["IHDR", ...further, "IDAT", "IEND"]);
  const header = chunks.get("IHDR") ?? Buffer.alloc(0);
  return {
    width: header.readUInt32BE(0),
    height: header.readUInt32BE(4),
    depth: header[8],
    colour: header[9],
    rows: [...inflateSync(chunks.get("IDAT") ?? Buffer.alloc(0))],
    ...Object.fromEntries(further.map((name) => [name, [...(chunks.get(name) ?? [])]])),
  };
}
