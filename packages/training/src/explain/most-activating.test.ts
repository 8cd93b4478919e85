import { at, entry, type Tensor } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { firstTestImages } from "../testing/classified.js";
import { explainedModel } from "../testing/explained.js";
import { featureMap } from "./feature-maps.js";
import { isSilent, mostActivating, variedChannels } from "./most-activating.js";

/** A model of one layer, "net.0", whose maps are the batch: [images, channels, 1, places]. */
const mapping = {
  activations: async (batch: object) => new Map([["net.0", (batch as { readonly input: Tensor }).input]]),
};

function batch(images: readonly (readonly (readonly number[])[])[]) {
  const [channels, width] = [at(images, 0).length, at(at(images, 0), 0).length];
  return { input: { shape: [images.length, channels, 1, width], data: Float32Array.from(images.flat(2)) } };
}

/** Two channels of two places, in batches of two and one. */
const BATCHES = [
  batch([
    [
      [0, 1],
      [-3, -2],
    ],
    [
      [4, 2],
      [-5, -2],
    ],
  ]),
  batch([
    [
      [3, 4],
      [-1, -9],
    ],
  ]),
];

describe("mostActivating", () => {
  it("ranks images by the largest value of a map, of equals the first, over all batches", async () => {
    const [layer] = await mostActivating(mapping, BATCHES, { layers: ["net.0"], top: 2 });
    expect(layer).toMatchObject({ layer: "net.0", height: 1, width: 2, count: 3 });
    expect(layer?.channels.map(({ top }) => top)).toEqual([
      [
        { image: 1, activation: 4 },
        { image: 2, activation: 4 },
      ],
      [
        { image: 2, activation: -1 },
        { image: 0, activation: -2 },
      ],
    ]);
    const [first, second] = layer?.channels ?? [];
    expect([first?.mean, first?.deviation]).toEqual([3, expect.closeTo(Math.sqrt(2), 12)]);
    expect([second?.mean, second?.deviation]).toEqual([
      expect.closeTo(-5 / 3, 12),
      expect.closeTo(Math.sqrt(2) / 3, 12),
    ]);
  });

  it("gives of a network what its activations show, in batches of any size", async () => {
    const model = await explainedModel();
    const images = firstTestImages(20);
    const layers = ["net.3", "net.0"];
    const whole = await mostActivating(model, [{ images }], { layers, top: 3 });
    async function* parts() {
      for (const start of [0, 7, 14]) yield { images: images.slice(start * 64, (start + 7) * 64) };
    }
    expect(await mostActivating(model, parts(), { layers, top: 3 })).toEqual(whole);
    expect(whole.map(({ layer, channels }) => [layer, channels.length])).toEqual([
      ["net.3", 10],
      ["net.0", 4],
    ]);
    const output = entry(await model.activations({ images }), "net.0");
    for (const { channel, top } of at(whole, 1).channels) {
      const largest = Array.from({ length: 20 }, (_, image) => ({
        image,
        activation: Math.max(...featureMap(output, image, channel).values),
      }));
      const expected = largest
        .toSorted((a, b) => b.activation - a.activation || a.image - b.image)
        .slice(0, 3);
      expect(top.map(({ image }) => image)).toEqual(expected.map(({ image }) => image));
      expect(top.map(({ activation }) => Math.fround(activation))).toEqual(
        expected.map(({ activation }) => activation),
      );
    }
  });

  it.each([
    [{ layers: [] }, "layers: expected at least one name, got none"],
    [{ layers: ["net.1"] }, "layers: expected names among net.0, got net.1"],
    [{ layers: ["net.0"], top: 0 }, "top: expected a positive integer, got 0"],
  ])("refuses %j", async (options, message) => {
    await expect(mostActivating(mapping, BATCHES, options)).rejects.toThrow(message);
  });

  it("refuses to look at nothing, and a layer without channels", async () => {
    const options = { layers: ["net.0"] };
    await expect(mostActivating(mapping, [], options)).rejects.toThrow(
      "batches: expected at least one image, got none",
    );
    const flat = { input: { shape: [1, 2], data: new Float32Array(2) } };
    await expect(mostActivating(mapping, [flat], options)).rejects.toThrow(
      "layers: net.0: expected an output of shape [N, channels, height, width], got [1, 2]",
    );
  });
});

describe("variedChannels", () => {
  const layerOf = async (...batches: ReturnType<typeof batch>[]) =>
    at(await mostActivating(mapping, batches, { layers: ["net.0"] }), 0);

  it("are those whose activations differ most, without silent ones", async () => {
    const layer = await layerOf(
      batch([
        [[9], [0], [1], [5]],
        [[9], [0], [3], [8]],
      ]),
    );
    expect(variedChannels(layer, 9)).toEqual([3, 2, 0]);
    expect(variedChannels(layer, 1)).toEqual([3]);
    expect(layer.channels.map(isSilent)).toEqual([false, true, false, false]);
  });

  it("are the strongest for a single image", async () => {
    expect(variedChannels(await layerOf(batch([[[2], [0], [3], [2]]])), 3)).toEqual([2, 0, 3]);
  });
});
