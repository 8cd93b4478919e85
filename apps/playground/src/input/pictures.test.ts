import { imageFromPixels, syntheticDataset } from "@nin/data";
import { describe, expect, it } from "vitest";
import { backgroundOf, edgeMean, needsInversion } from "./background.js";
import { changedPicture, drawnBox, pictureOfDrawing } from "./pictures.js";

const GREY = { channels: 1, height: 4, width: 4 };

/** A sheet of 8x12 with ink in rows 2 to 3, columns 5 to 8. */
function sheet() {
  const pixels = new Uint8Array(8 * 12);
  for (const y of [2, 3]) pixels.fill(200, y * 12 + 5, y * 12 + 9);
  return { pixels, height: 8, width: 12 };
}

describe("pictureOfDrawing", () => {
  it("finds what is drawn, faint marks apart", () => {
    const { pixels, ...size } = sheet();
    pixels[0] = 16;
    expect(drawnBox({ pixels, ...size })).toEqual({ top: 2, left: 5, height: 2, width: 4 });
    expect(drawnBox({ pixels: new Uint8Array(96), ...size })).toBeUndefined();
  });

  it("puts it into the middle, as large as it fits", () => {
    const picture = pictureOfDrawing(sheet(), GREY, true);
    expect(picture).toMatchObject(GREY);
    expect([...(picture?.pixels ?? [])]).toEqual([
      0, 0, 0, 0, 200, 200, 200, 200, 200, 200, 200, 200, 0, 0, 0, 0,
    ]);
  });

  it("fits the other side of another aspect", () => {
    const picture = pictureOfDrawing(sheet(), { channels: 1, height: 2, width: 8 }, true);
    expect([...(picture?.pixels ?? [])]).toEqual([
      0, 0, 200, 200, 200, 200, 0, 0, 0, 0, 200, 200, 200, 200, 0, 0,
    ]);
  });

  it("is the whole sheet by the data set's resize otherwise", () => {
    const { pixels, ...size } = sheet();
    const picture = pictureOfDrawing({ pixels, ...size }, GREY, false);
    expect(picture?.pixels).toEqual(imageFromPixels({ pixels, channels: 1, ...size }, GREY));
    expect(picture?.pixels).not.toEqual(pictureOfDrawing({ pixels, ...size }, GREY, true)?.pixels);
  });

  it("has as many channels as the network", () => {
    const { pixels } = pictureOfDrawing(sheet(), { ...GREY, channels: 3 }, true) ?? {
      pixels: new Uint8Array(),
    };
    expect(pixels.subarray(0, 16)).toEqual(pixels.subarray(32));
    expect(pixels.length).toBe(48);
  });

  it("is none of an empty sheet", () => {
    expect(pictureOfDrawing({ pixels: new Uint8Array(4), height: 2, width: 2 }, GREY, true)).toBeUndefined();
  });
});

describe("changedPicture", () => {
  const picture = { pixels: Uint8Array.of(255, 10, 0, 20, 0, 30), channels: 3, height: 1, width: 2 };

  it("inverts", () => {
    const { pixels } = changedPicture(picture, { isInverted: true, isGrey: false });
    expect([...pixels]).toEqual([0, 245, 255, 235, 255, 225]);
  });

  it("takes colours away as the data set's reader does", () => {
    const { pixels } = changedPicture(picture, { isInverted: false, isGrey: true });
    const interleaved = Uint8Array.of(255, 0, 0, 10, 20, 30);
    const size = { height: 1, width: 2 };
    const grey = imageFromPixels({ pixels: interleaved, channels: 3, ...size }, { channels: 1, ...size });
    expect([...pixels]).toEqual([...grey, ...grey, ...grey]);
  });

  it("is the same one where nothing is to be done", () => {
    expect(changedPicture(picture, { isInverted: false, isGrey: false })).toBe(picture);
    const grey = { ...picture, channels: 1, height: 3 };
    expect(changedPicture(grey, { isInverted: false, isGrey: true })).toBe(grey);
  });
});

describe("backgrounds", () => {
  const framed = (edge: number, inside: number): Uint8Array =>
    Uint8Array.from({ length: 9 }, (_, index) => (index === 4 ? inside : edge));
  const size = { channels: 1, height: 3, width: 3 };

  it("edgeMean leaves the inside out, in every channel", () => {
    expect(edgeMean(framed(10, 255), size)).toBe(10);
    expect(
      edgeMean(Uint8Array.of(...framed(10, 0), ...framed(20, 0), ...framed(60, 0)), { ...size, channels: 3 }),
    ).toBe(30);
    expect(edgeMean(Uint8Array.of(4, 8), { channels: 1, height: 1, width: 2 })).toBe(6);
  });

  it("are seen in the data", () => {
    const set = (...edges: readonly number[]) =>
      Uint8Array.from(edges.flatMap((edge) => [...framed(edge, 128)]));
    expect(backgroundOf(set(...new Array<number>(9).fill(0), 200), size)).toBe("dark");
    expect(backgroundOf(set(...new Array<number>(8).fill(0), 200, 200), size)).toBe("mixed");
    expect(backgroundOf(set(255, 240, 230), size)).toBe("light");
    expect(backgroundOf(new Uint8Array(), size)).toBe("mixed");
    const { test } = syntheticDataset({ train: 1, test: 50 });
    expect(backgroundOf(test.images, test)).toBe("dark");
  });

  it("decide what is inverted", () => {
    const [light, dark] = [framed(230, 0), framed(20, 255)];
    expect([light, dark].map((pixels) => needsInversion(pixels, size, "dark"))).toEqual([true, false]);
    expect([light, dark].map((pixels) => needsInversion(pixels, size, "light"))).toEqual([false, true]);
    expect([light, dark].map((pixels) => needsInversion(pixels, size, "mixed"))).toEqual([false, false]);
  });
});
