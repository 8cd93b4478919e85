import { builtinArchitecture, builtinRecipe, initialParameters } from "@nin/spec";
import { expect, it } from "vitest";
import { smallArchitecture } from "../testing/small-training.js";
import { filterImage, firstFilters } from "./first-filters.js";

const { init } = builtinRecipe("d2l");

it("firstFilters are the weights of the first convolution, in a block or not", () => {
  for (const [architecture, layer, shape] of [
    [builtinArchitecture("nin-mnist"), "net.0.0", [96, 1, 5, 5]],
    [builtinArchitecture("nin-cifar10"), "net.0.0", [192, 3, 5, 5]],
    [smallArchitecture, "net.0", [4, 1, 3, 3]],
  ] as const) {
    const parameters = initialParameters(architecture, init, 0);
    const bank = firstFilters(architecture, parameters);
    expect(bank?.layer).toBe(layer);
    expect(bank?.weight).toBe(parameters.get(`${layer}.weight`));
    expect(bank?.weight.shape).toEqual(shape);
  }
});

it("firstFilters are missing where the first weights are those of a linear layer", () => {
  const layers = [{ kind: "flatten" }, { kind: "linear", outFeatures: 3, bias: true }] as const;
  const architecture = { ...builtinArchitecture("nin-mnist"), layers };
  expect(firstFilters(architecture, initialParameters(architecture, init, 0))).toBeUndefined();
});

const bank = {
  layer: "net.0",
  weight: { shape: [2, 3, 1, 2], data: Float32Array.of(0, 0.5, -0.25, 0.25, 0.125, -0.5, 0, 0, 0, 0, 0, 0) },
};

it("filterImage scales a filter by its largest weight, with 0 in the middle", () => {
  const size = { channels: 3, height: 1, width: 2 };
  const pixels = Uint8Array.of(128, 255, 64, 191, 159, 0);
  expect(filterImage(bank, 0)).toEqual({ ...size, pixels, largest: 0.5 });
  expect(filterImage(bank, 1)).toEqual({ ...size, pixels: new Uint8Array(6).fill(128), largest: 0 });
});

it("filterImage refuses a filter that is not there", () => {
  for (const filter of [2, -1, 0.5])
    expect(() => filterImage(bank, filter)).toThrow(`filter: expected an integer from 0 to 1, got ${filter}`);
});
