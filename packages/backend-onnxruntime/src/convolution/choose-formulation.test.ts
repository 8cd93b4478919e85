import type { ConvolutionArithmetic } from "@nin/backend";
import { type Architecture, builtinArchitecture, inferLayers } from "@nin/spec";
import { expect, test } from "vitest";
import { DEVICE_TRAITS } from "../runtime/device-traits.js";
import { microBatchImages } from "../runtime/micro-batch.js";
import { type ConvolutionShape, chooseFormulation } from "./choose-formulation.js";

/** The choice as text; nothing is said of roots of unity. */
function choiceOf(shape: ConvolutionShape, arithmetic?: ConvolutionArithmetic): string {
  const choice = chooseFormulation(shape, arithmetic);
  if (choice.kind !== "winograd") return choice.kind;
  return `winograd ${choice.tile.join("x")}${choice.points === "real" ? " real" : ""}`;
}

function choicesOf(architecture: Architecture, arithmetic?: ConvolutionArithmetic): readonly string[] {
  const microBatchSize = microBatchImages(architecture, 128, DEVICE_TRAITS.cpu.microBatch);
  return inferLayers(architecture).flatMap(({ name, layer, inputShape }) => {
    const [channels = 0, height = 0, width = 0] = inputShape;
    return layer.kind === "conv2d"
      ? [`${name} ${choiceOf({ ...layer, microBatchSize, channels, height, width }, arithmetic)}`]
      : [];
  });
}

const MLP = ["pointwise", "pointwise"];

test.each([
  ["nin", ["im2col", "winograd 9x9", "winograd 4x4", "im2col"], [0, 2, 4, 7]],
  ["nin-mnist", ["im2col", "winograd 7x7", "winograd 7x7"], [0, 3, 6]],
  ["nin-cifar10", ["im2col", "winograd 8x8", "winograd 4x4"], [0, 3, 6]],
  ["nin-imagenet", ["im2col", "winograd 7x9", "winograd 2x2", "winograd 2x2"], [0, 2, 4, 7]],
])("%s", (name, firsts, blocks) => {
  const expected = blocks.flatMap((block, index) =>
    [firsts[index], ...MLP].map((choice, inner) => `net.${block}.${2 * inner} ${choice}`),
  );
  expect(choicesOf(builtinArchitecture(name))).toEqual(expected);
});

test.each([
  ["nin", ["winograd 9x9", "winograd 4x4 real", "im2col"]],
  ["nin-mnist", ["winograd 7x7", "winograd 4x4 real"]],
  ["nin-cifar10", ["winograd 4x4 real", "winograd 4x4 real"]],
])("%s with fast convolutions", (name, expected) => {
  const choices = choicesOf(builtinArchitecture(name), "fast").map((choice) => choice.replace(/^\S+ /, ""));
  expect(choices.filter((choice) => choice !== "pointwise").slice(1)).toEqual(expected);
});

const BASE: ConvolutionShape = {
  microBatchSize: 8,
  height: 12,
  width: 12,
  channels: 96,
  outChannels: 96,
  kernelSize: [3, 3],
  stride: [1, 1],
  padding: [1, 1],
};

test.each<[string, Partial<ConvolutionShape>, string]>([
  ["3x3", {}, "winograd 4x4"],
  ["5x5", { kernelSize: [5, 5], padding: [2, 2] }, "winograd 4x6"],
  ["7x7", { kernelSize: [7, 7], padding: [3, 3] }, "winograd 6x6"],
  ["an even kernel", { kernelSize: [4, 3] }, "winograd 6x4"],
  ["one axis only", { kernelSize: [1, 3], padding: [0, 1] }, "winograd 2x4"],
  ["few images, whose matrix products are too small for large tiles", { microBatchSize: 1 }, "winograd 2x2"],
  ["many images", { microBatchSize: 64 }, "winograd 6x12"],
  ["an axis whose output is one tile of 2", { height: 2 }, "winograd 2x2"],
  ["both axes", { height: 2, width: 2 }, "im2col"],
  ["an output of one pixel, where tiles save nothing", { height: 3, width: 3, padding: [0, 0] }, "im2col"],
  ["the fewest channels", { channels: 16, outChannels: 16 }, "winograd 4x4"],
  ["fewer input channels", { channels: 15 }, "im2col"],
  ["fewer output channels", { outChannels: 15 }, "im2col"],
  ["the largest image", { height: 64, width: 64 }, "winograd 8x8"],
  ["a higher image", { height: 65 }, "im2col"],
  ["a wider image", { width: 65 }, "im2col"],
  ["a stride", { stride: [1, 2] }, "im2col"],
  ["1x1", { kernelSize: [1, 1], padding: [0, 0] }, "pointwise"],
  [
    "1x1 on few channels and a large image",
    { kernelSize: [1, 1], padding: [0, 0], channels: 1, height: 224 },
    "pointwise",
  ],
  ["a padded 1x1", { kernelSize: [1, 1], padding: [0, 1] }, "im2col"],
  ["a 1x1 with a stride", { kernelSize: [1, 1], padding: [0, 0], stride: [2, 1] }, "im2col"],
])("%s: %o", (_, change, expected) => {
  expect(choiceOf({ ...BASE, ...change })).toBe(expected);
});
