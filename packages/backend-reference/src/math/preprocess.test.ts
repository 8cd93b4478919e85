import { expect, test } from "vitest";
import { pytorchFixture } from "../testing/pytorch-fixture.js";
import { preprocess } from "./preprocess.js";

const plain = { mean: 0, std: 1 };

test.for(pytorchFixture.resizes)(
  "resizes $source to $target as Pillow does",
  ({ source, target, ...image }) => {
    const [height, width] = source;
    const format = { channels: 1, height, width, preprocessing: plain };
    const input = { channels: 1, height: target[0], width: target[1] };
    // Two images, so that the second one's start is right, too.
    const twice = Uint8Array.from([...image.bytes, ...image.bytes]);
    const { shape, data } = preprocess(twice, format, input);
    expect(shape).toEqual([2, 1, ...target]);
    expect([...data].map((x) => x * 255).map(Math.round)).toEqual([...image.resized, ...image.resized]);
  },
);

test("scales every byte as f32 division does", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const size = { channels: 1, height: 16, width: 16 };
  const { data } = preprocess(bytes, { ...size, preprocessing: plain }, size);
  bytes.forEach((byte, i) => {
    expect(data[i]).toBe(Math.fround(byte / 255));
  });
});

test("repeats one channel and normalizes each by its own numbers", () => {
  const size = { height: 1, width: 2 };
  const preprocessing = { mean: [0, 0.5, 1], std: [1, 0.5, 0.25] };
  const format = { channels: 1, ...size, preprocessing };
  const { shape, data } = preprocess(Uint8Array.from([0, 255]), format, { channels: 3, ...size });
  expect(shape).toEqual([1, 3, 1, 2]);
  expect([...data]).toEqual([0, 1, -1, 1, -4, 0]);
});

test("three channels stay in their order", () => {
  const size = { channels: 3, height: 1, width: 1 };
  const { data } = preprocess(Uint8Array.from([0, 255, 0]), { ...size, preprocessing: plain }, size);
  expect([...data]).toEqual([0, 1, 0]);
});
