import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { lacking } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { loadDataset } from "../load-dataset.js";
import { type ImageSize, resizeImages } from "./resize.js";

interface PillowCase {
  readonly from: ImageSize;
  readonly to: ImageSize;
  /** Two planes, hexadecimal. */
  readonly input: string;
  readonly output: string;
}

const fixture = new URL("../testing/fixtures/pillow-bilinear.json", import.meta.url);
const { cases }: { readonly cases: readonly PillowCase[] } = JSON.parse(readFileSync(fixture, "utf8"));

describe("resizeImages", () => {
  it.each(cases)("equals Pillow from $from.height x $from.width to $to.height x $to.width", (pillow) => {
    const resized = resizeImages(Buffer.from(pillow.input, "hex"), pillow.from, pillow.to);
    expect(Buffer.from(resized).toString("hex")).toBe(pillow.output);
  });

  it("gives a copy when nothing is to be resized", () => {
    const input = Uint8Array.of(1, 2);
    const output = resizeImages(input, { height: 1, width: 2 }, { height: 1, width: 2 });
    expect([...output]).toEqual([1, 2]);
    expect(output).not.toBe(input);
  });

  it("equals the tutorial's formula from 28 to 224", () => {
    const row = Uint8Array.from({ length: 28 }, (_, index) => (index * 97) % 256);
    const at = (index: number) => row[Math.min(27, Math.max(0, index))] ?? 0;
    const expected = Array.from({ length: 224 }, (_, output) => {
      const s = 2 * output - 7;
      const i = Math.floor(s / 16);
      const f = s - 16 * i;
      return ((16 - f) * at(i) + f * at(i + 1) + 8) >> 4;
    });
    expect([...resizeImages(row, { height: 1, width: 28 }, { height: 1, width: 224 })]).toEqual(expected);
  });

  it("refuses part of a plane", () => {
    const resize = () => resizeImages(new Uint8Array(5), { height: 1, width: 2 }, { height: 2, width: 2 });
    expect(resize).toThrow("images: expected whole planes of 2 bytes, found 5 bytes");
  });

  it("resizes the 10,000 Fashion-MNIST test images to the published hash", { timeout: 60_000 }, async ({
    skip,
  }) => {
    const folder = process.env.NIN_DATA_DIR;
    if (!folder) return lacking("data", "NIN_DATA_DIR is not set", skip);
    const { test } = await loadDataset(folder);
    expect(test.count).toBe(10_000);
    const size = { height: 28, width: 28 };
    const hash = createHash("sha256");
    for (let start = 0; start < test.images.length; start += 784_000) {
      const part = test.images.subarray(start, start + 784_000);
      hash.update(resizeImages(part, size, { height: 224, width: 224 }));
    }
    expect(hash.digest("hex")).toBe("69d5dab7af6c6a425229392e47947fc47d8896acf66d8015cf382837781e6e61");
  });
});
