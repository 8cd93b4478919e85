import { at, entry, type Tensor } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { firstTestImages } from "../testing/classified.js";
import { explainedModel, pooledNetwork, pooledNin, weighedNetwork } from "../testing/explained.js";
import { smallModel } from "../testing/small-training.js";
import { classEvidence, classMaps, scoresOfMaps } from "./class-maps.js";

const COUNT = 20;

/** How far two vectors are apart, of the size of the second. */
function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const difference = Array.from(expected, (value, index) => at(actual, index) - value);
  return Math.hypot(...difference) / Math.hypot(...Array.from(expected));
}

describe("classMaps", () => {
  it("gives the maps whose means are the scores of the network", async () => {
    const model = await explainedModel();
    const batch = { images: firstTestImages(COUNT) };
    const { maps, scores, bias } = await classMaps(model, batch);
    expect(maps.shape).toEqual([COUNT, 10, 4, 5]);
    expect(scores).toEqual(await model.predict(batch));
    expect([...bias]).toEqual(new Array(10).fill(0));
    expect(distance(scoresOfMaps({ maps, bias }), scores.data)).toBeLessThan(1e-14);
    // Not of a network that says nothing.
    expect(new Set(scores.data).size).toBeGreaterThan(100);
    // The mean over other places is another one.
    const shifted = {
      shape: maps.shape,
      data: Float64Array.from(maps.data, (_, index) => maps.data[index + 7] ?? 0),
    };
    expect(distance(scoresOfMaps({ maps: shifted, bias }), scores.data)).toBeGreaterThan(0.01);
  });

  it("weighs the maps where a linear layer follows the average, and gives its bias", async () => {
    const model = await explainedModel(weighedNetwork);
    const batch = { images: firstTestImages(COUNT) };
    const { maps, scores, bias } = await classMaps(model, batch);
    expect(maps.shape).toEqual([COUNT, 10, 4, 5]);
    expect(scores).toEqual(await model.predict(batch));
    const parameters = await model.readParameters();
    expect([...bias]).toEqual([...entry(parameters, "net.7.bias").data]);
    expect(Math.hypot(...bias)).toBeGreaterThan(0.1);
    expect(distance(scoresOfMaps({ maps, bias }), scores.data)).toBeLessThan(1e-6);
    const [features, weight] = [
      entry(await model.activations(batch), "net.3"),
      entry(parameters, "net.7.weight"),
    ];
    expect(at(maps.data, ((3 * 10 + 9) * 4 + 2) * 5 + 1)).toBeCloseTo(weighed(features, weight), 12);
  });

  it("refuses a network that does not end in global average pooling", async () => {
    await expect(classMaps(await smallModel(), { images: firstTestImages(1) })).rejects.toThrow(
      "model: expected a network that ends in global average pooling, got one that ends in linear (net.4)",
    );
  });
});

/** The evidence for class 9 in image 3, row 2, column 1. */
function weighed(features: Tensor, weight: Tensor): number {
  let sum = 0;
  for (let channel = 0; channel < 7; channel += 1)
    sum += at(weight.data, 9 * 7 + channel) * at(features.data, ((3 * 7 + channel) * 4 + 2) * 5 + 1);
  return sum;
}

describe("classEvidence", () => {
  it.each([
    ["of a NiN, the last block", pooledNin, { layer: "net.3" }],
    ["of scores that are images of one pixel", pooledNetwork(10, []), { layer: "net.3" }],
    ["of weighed maps, with the weights", weighedNetwork, { layer: "net.3", linear: "net.7" }],
  ])("%s", async (_, architecture, expected) => {
    expect(classEvidence(await explainedModel(architecture))).toEqual(expected);
  });

  it.each([
    [["globalAvgPool2d", "flatten"]],
    [["conv2d", "globalAvgPool2d", "conv2d", "flatten"]],
    [["conv2d", "globalAvgPool2d", "flatten", "linear", "relu", "linear"]],
    [["conv2d", "globalAvgPool2d", "flatten", "relu"]],
    [["conv2d", "flatten", "linear"]],
  ] as const)("is none of %j", (kinds) => {
    const layers = kinds.map((kind, index) => ({ name: `net.${index}`, kind, outputShape: [1, 2, 1, 1] }));
    expect(classEvidence({ layers })).toBeUndefined();
  });
});
