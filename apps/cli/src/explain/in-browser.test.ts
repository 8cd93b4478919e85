import { useBrowser } from "@nin/headless-chromium";
import { builtinArchitecture } from "@nin/spec";
import { expect, it } from "vitest";
import { noisePixels } from "../testing/pictures.js";
import type { ExplainData } from "./explain-data.js";
import { renderExplanation } from "./render-explanation.js";

const PHONE = 360;
/** How far the page is wider than its window. Units: pixels. */
const OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

const browserOf = useBrowser();

const map = { values: Float32Array.from({ length: 20 }, (_, index) => index), height: 4, width: 5 };
const image = (name: string, seed: number) => ({ pixels: noisePixels(3 * 40 * 60, seed), name, label: 0 });

/** A page with long names, in colour, of images that are wider than high. */
function sampleData(): ExplainData {
  const long = "a-name-that-is-long-and-has-no-space-anywhere-in-it".repeat(3);
  const classes = [long, "b", "c"].map((name, index) => ({
    ...{ class: name, index, probability: 0.5 / (index + 1), score: 10 - index, map },
  }));
  const images = Array.from({ length: 8 }, (_, index) => ({ ...image(long, index), activation: 3, map }));
  return {
    architecture: builtinArchitecture("nin-cifar10"),
    file: `/runs/${long}/weights.safetensors`,
    imageSize: { channels: 3, height: 40, width: 60 },
    compared: "the 1,000 test images of photos",
    images: [
      { ...image(long, 1), classes },
      { ...image("b", 2), label: 1, classes },
    ],
    evidence: { layer: "net.6", height: 4, width: 5, largestDifference: 1e-7 },
    filters: { layer: "net.0.0", weight: { shape: [30, 3, 5, 5], data: new Float32Array(2250).fill(0.1) } },
    layers: [
      {
        ...{
          name: "net.0",
          kind: "ninBlock",
          channelCount: 30,
          height: 4,
          width: 5,
          imageCount: 9,
          silentCount: 1,
        },
        receptiveField: { height: 5, width: 5 },
        selection: "varied",
        channels: [
          { channel: 3, className: long, images },
          { channel: 4, images: [] },
        ],
      },
    ],
  };
}

it("the page fits a phone, draws every picture and asks for nothing, in light and dark", {
  timeout: 60_000,
}, async (context) => {
  const { page, complaints, requests } = await browserOf(context).open(
    renderExplanation(sampleData()),
    PHONE,
  );
  expect(await page.evaluate(OVERHANG)).toBe(0);
  const broken = "[...document.images].filter((image) => !image.complete || image.naturalWidth === 0).length";
  expect(await page.evaluate(broken)).toBe(0);
  // A map lies over its picture, in the picture's aspect.
  const places = `[...document.querySelectorAll(".heat")].map((heat) => {
    const [picture, map] = [...heat.children].map((image) => image.getBoundingClientRect());
    const isOver = ["x", "y", "width", "height"].every((side) => Math.abs(picture[side] - map[side]) < 0.5);
    return isOver && map.width > 30 && Math.abs(map.width / map.height - 1.5) < 0.1;
  })`;
  expect(new Set(await page.evaluate<boolean[]>(places))).toEqual(new Set([true]));
  const background = "getComputedStyle(document.body).backgroundColor";
  const light = await page.evaluate(background);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(() => page.evaluate(background)).not.toBe(light);
  expect([complaints, requests.filter((url) => !url.startsWith("file:"))]).toEqual([[], []]);
});
