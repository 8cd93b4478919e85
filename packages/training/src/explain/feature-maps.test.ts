import { builtinArchitecture, entry } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { explainedModel, pooledNin } from "../testing/explained.js";
import { smallArchitecture, smallModel } from "../testing/small-training.js";
import { activationBytes, featureLayers, featureMap, receptiveField } from "./feature-maps.js";

describe("featureMap", () => {
  const output = { shape: [2, 3, 1, 2], data: Float32Array.from({ length: 12 }, (_, index) => index) };

  it("copies one channel of one image", () => {
    const map = featureMap(output, 1, 2);
    expect(map).toEqual({ values: Float32Array.of(10, 11), height: 1, width: 2 });
    map.values.fill(0);
    expect(output.data[11]).toBe(11);
  });

  it.each([
    [2, 0, "image: expected an integer from 0 to 1, got 2"],
    [0, 3, "channel: expected an integer from 0 to 2, got 3"],
    [0, -1, "channel: expected an integer from 0 to 2, got -1"],
  ])("refuses image %i, channel %i", (image, channel, message) => {
    expect(() => featureMap(output, image, channel)).toThrow(message);
  });

  it("refuses an output without places", () => {
    expect(() => featureMap({ shape: [2, 6], data: output.data }, 0, 0)).toThrow(
      "output: expected an output of shape [N, channels, height, width], got [2, 6]",
    );
  });
});

it("featureLayers are blocks, and convolutions with their ReLU", async () => {
  expect(featureLayers(await explainedModel())).toEqual(["net.0", "net.3"]);
  expect(featureLayers(await smallModel())).toEqual(["net.1"]);
  const layers = (["conv2d", "maxPool2d", "conv2d", "relu", "conv2d"] as const).map((kind, index) => {
    return { name: `net.${index}`, kind, outputShape: [1, 2, 3, 3] };
  });
  expect(featureLayers({ layers })).toEqual(["net.0", "net.3", "net.4"]);
});

it("activationBytes are those of what activations gives", async () => {
  const model = await explainedModel();
  const outputs = await model.activations({ images: new Uint8Array(64) });
  const elements = [...outputs.values()].reduce((sum, { data }) => sum + data.length, 0);
  expect(activationBytes(model)).toBe(4 * elements);
});

describe("receptiveField", () => {
  const nin = builtinArchitecture("nin");
  it.each([
    [builtinArchitecture("nin-mnist"), "net.0", [5, 5]],
    [builtinArchitecture("nin-mnist"), "net.3", [15, 15]],
    // 35, which is more than there is.
    [builtinArchitecture("nin-mnist"), "net.6", [28, 28]],
    [builtinArchitecture("nin-mnist?mlpKernelSize=3"), "net.0", [9, 9]],
    [nin, "net.0", [11, 11]],
    [nin, "net.1", [19, 19]],
    [nin, "net.2", [51, 51]],
    [nin, "net.7", [195, 195]],
    [nin, "net.8", [224, 224]],
    [smallArchitecture, "net.1", [3, 3]],
    [smallArchitecture, "net.4", [8, 8]],
  ])("%# is what the kernels and strides before make it", (architecture, layer, [height, width]) => {
    expect(receptiveField(architecture, layer)).toEqual({ height, width });
  });

  it("is as far as pixels change an output", async () => {
    const model = await explainedModel();
    const grey = new Uint8Array(64).fill(90);
    const outputOf = async (images: Uint8Array) => entry(await model.activations({ images }), "net.1");
    const before = await outputOf(grey);
    // Row 1, column 2 of each channel, away from the edges.
    const places = [0, 1, 2, 3].map((channel) => (channel * 4 + 1) * 5 + 2);
    const seen: number[] = [];
    for (let pixel = 0; pixel < 64; pixel += 1) {
      for (const value of [0, 255]) {
        const after = await outputOf(grey.with(pixel, value));
        if (places.some((place) => before.data[place] !== after.data[place])) seen.push(pixel);
      }
    }
    const extent = (values: readonly number[]) => Math.max(...values) - Math.min(...values) + 1;
    expect(receptiveField(pooledNin, "net.1")).toEqual({
      height: extent(seen.map((pixel) => Math.floor(pixel / 8))),
      width: extent(seen.map((pixel) => pixel % 8)),
    });
  });

  it("refuses a layer that is not there, also one inside a block", () => {
    for (const layer of ["net.10", "net.0.2", "x"])
      expect(() => receptiveField(nin, layer)).toThrow(`layer: expected the name of a layer, got ${layer}`);
  });
});
