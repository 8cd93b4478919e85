import { idxBytes } from "@nin/test-support";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../dataset/errors.js";
import { parseIdx } from "./format.js";

const images = { file: "a-file", content: "images" } as const;
const labels = { file: "a-file", content: "labels" } as const;

describe("parseIdx", () => {
  it("reads images and labels of any size", () => {
    const extents = fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 6 }),
    );
    fc.assert(
      fc.property(extents, fc.uint8Array({ minLength: 120, maxLength: 120 }), (shape, pool) => {
        const data = pool.subarray(0, shape[0] * shape[1] * shape[2]);
        const parsed = parseIdx(idxBytes(shape, data), images);
        expect(parsed.shape).toEqual(shape);
        expect([...parsed.data]).toEqual([...data]);
      }),
    );
    expect(parseIdx(idxBytes([2], Uint8Array.of(7, 1)), labels)).toMatchObject({ shape: [2] });
  });

  it("reads a view that does not begin at its buffer's start", () => {
    const padded = Buffer.concat([Buffer.from("xyz"), idxBytes([2], Uint8Array.of(7, 1))]);
    expect([...parseIdx(padded.subarray(3), labels).data]).toEqual([7, 1]);
  });

  it.each([
    ["labels where images belong", idxBytes([2], Uint8Array.of(1, 2)), "16 bytes, found 10 bytes"],
    [
      "labels of the length of images",
      idxBytes([20], new Uint8Array(20)),
      "0x00000803 or 0x00000804 (images), found 0x00000801",
    ],
    ["another element type", idxBytes([1, 1, 1], new Uint8Array(1), 9), "found 0x00000903"],
    ["nothing", new Uint8Array(0), "found 0 bytes"],
    ["half a header", idxBytes([1, 1, 1], new Uint8Array(0)).subarray(0, 15), "16 bytes, found 15 bytes"],
    [
      "a byte too few",
      idxBytes([2, 2, 2], new Uint8Array(7)),
      "24 bytes for dimensions 2 x 2 x 2, found 23 bytes",
    ],
    [
      "a byte too many",
      idxBytes([2, 2, 2], new Uint8Array(9)),
      "24 bytes for dimensions 2 x 2 x 2, found 25 bytes",
    ],
    [
      "no images",
      idxBytes([0, 2, 2], new Uint8Array(0)),
      "at least one of images, found dimensions 0 x 2 x 2",
    ],
    ["no pixels", idxBytes([2, 0, 2], new Uint8Array(0)), "found dimensions 2 x 0 x 2"],
    [
      "dimensions past 2^53",
      idxBytes([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], new Uint8Array(1)),
      "found 17 bytes",
    ],
  ])("refuses %s", (_, bytes, message) => {
    const parse = () => parseIdx(bytes, images);
    expect(parse).toThrow(DataError);
    expect(parse).toThrow("a-file: expected ");
    expect(parse).toThrow(message);
  });
});
