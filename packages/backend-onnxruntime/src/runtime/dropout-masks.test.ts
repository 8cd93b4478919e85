import { fillDropoutMask } from "@nin/spec";
import { expect, test } from "vitest";
import { stepMask } from "./dropout-masks.js";

test.each([
  { channels: 8, height: 3, width: 5, count: 5, images: 2 },
  { channels: 6, height: 3, width: 3, count: 4, images: 4 },
  { channels: 12, height: 1, width: 1, count: 1, images: 1 },
])(
  "lays out each image's units as the graph reads them: %o",
  ({ channels, height, width, count, images }) => {
    const site = { layerIndex: 3, rate: 0.5, units: [channels, height, width] };
    const mask = stepMask(site, 7, 11, count, images);
    const unitCount = channels * height * width;
    const kept = new Uint8Array(count * unitCount);
    fillDropoutMask({ seed: 7, layerIndex: 3, step: 11, rate: 0.5 }, 0, kept);
    const microBatches = Math.ceil(count / images);
    const expected = new Uint8Array(microBatches * images * unitCount);
    kept.forEach((unit, e) => {
      const [image, channel, pixel] = [
        Math.floor(e / unitCount),
        Math.floor((e % unitCount) / (height * width)),
        e % (height * width),
      ];
      const [microBatch, place] = [Math.floor(image / images), image % images];
      expected[((microBatch * height * width + pixel) * images + place) * channels + channel] = unit;
    });
    expect(mask).toEqual(expected);
  },
);
