import type { ImageFormat } from "@nin/backend";
import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { resizeImages } from "@nin/data";
import { perChannel } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { architectureOf } from "../testing/architectures.js";
import { randomBytes } from "../testing/random-tensors.js";

const COUNT = 3;

/** What a network of nothing but `flatten` gives for images: its input, as the graph preprocessed it. */
async function preprocessed(
  images: Uint8Array,
  format: ImageFormat,
  [channels, height, width]: readonly [number, number, number],
): Promise<Float32Array> {
  const identity = architectureOf([channels, height, width], [{ kind: "flatten" }]);
  const options = { threads: 1, maxBatch: COUNT, imageFormat: format };
  await using model = await createNodeOnnxRuntimeBackend().compile(identity, options);
  const { shape, data } = await model.predict({ images });
  expect(shape).toEqual([COUNT, channels * height * width]);
  return Float32Array.from(data);
}

/** Random bytes, and images whose sums are the largest and the least there are. */
function images({ channels, height, width }: ImageFormat): Uint8Array {
  const imageBytes = channels * height * width;
  const extremes = Uint8Array.from({ length: imageBytes }, (_, i) => ((i + Math.floor(i / width)) % 2) * 255);
  return Uint8Array.from([
    ...randomBytes(imageBytes, 1),
    ...extremes,
    ...new Uint8Array(imageBytes).fill(255),
  ]);
}

const neutral = { mean: 0, std: 1 };

test.each<readonly [string, readonly [number, number], readonly [number, number]]>([
  ["28 to 224", [28, 28], [224, 224]],
  ["28 to 32", [28, 28], [32, 32]],
  ["28 to 27", [28, 28], [27, 27]],
  ["28 to 9, five pixels and more in one", [28, 28], [9, 9]],
  ["28 to 1", [28, 28], [1, 1]],
  ["one pixel to many", [1, 1], [5, 6]],
  ["another height alone", [7, 5], [12, 5]],
  ["another width alone", [7, 5], [7, 3]],
  ["up and down", [5, 12], [11, 8]],
  ["a large image", [3, 1000], [4, 331]],
  ["none", [28, 28], [28, 28]],
])("%s is the exact resize, bit for bit", async (_, [height, width], [toHeight, toWidth]) => {
  const format = { channels: 1, height, width, preprocessing: neutral };
  const bytes = images(format);
  const expected = resizeImages(bytes, { height, width }, { height: toHeight, width: toWidth });
  const actual = await preprocessed(bytes, format, [1, toHeight, toWidth]);
  expect(actual.map((value) => Math.round(value * 255))).toEqual(Float32Array.from(expected));
  expect(actual).toEqual(Float32Array.from(expected, (byte) => byte / 255));
});

describe("channels", () => {
  const mean = [0.25, 0.5, 0.1];
  const std = [0.5, 2, 0.3];

  function normalized(plane: Uint8Array, channel: number, { preprocessing }: ImageFormat): Float32Array {
    const [m, s] = [preprocessing.mean, preprocessing.std].map((value) =>
      Math.fround(perChannel(value, 3, "test")[channel] ?? Number.NaN),
    );
    return Float32Array.from(plane, (byte) => Math.fround(Math.fround(byte / 255) - (m ?? 0)) / (s ?? 1));
  }

  test.each([
    ["one is repeated for three", 1, neutral],
    ["one is repeated for three, which are normalized apart", 1, { mean, std }],
    ["three are normalized apart", 3, { mean, std }],
    ["three are normalized alike", 3, { mean: 0.3, std: 0.4 }],
    ["only a mean", 3, { mean, std: 1 }],
    ["only a deviation", 3, { mean: 0, std }],
  ])("%s", async (_, channels, preprocessing) => {
    const format = { channels, height: 6, width: 5, preprocessing };
    const bytes = images(format);
    const planes = resizeImages(bytes, { height: 6, width: 5 }, { height: 8, width: 8 });
    const expected = Array.from({ length: COUNT * 3 }, (_, index) => {
      const [image, channel] = [Math.floor(index / 3), index % 3];
      const plane = channels === 1 ? image : image * 3 + channel;
      return [...normalized(planes.subarray(plane * 64, plane * 64 + 64), channel, format)];
    });
    expect(await preprocessed(bytes, format, [3, 8, 8])).toEqual(Float32Array.from(expected.flat()));
  });
});
