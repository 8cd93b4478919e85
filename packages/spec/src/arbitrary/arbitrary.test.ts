import fc from "fast-check";
import { expect, test } from "vitest";
import { arbitraryArchitecture, arbitraryArchitectureJson } from "../arbitrary.js";
import { layerKindNames, parseArchitecture } from "../architecture/architecture.js";
import { classCount, inferLayers } from "../architecture/shapes.js";

const MANY = { numRuns: 500, seed: 1 };

test("every drawn JSON is a valid architecture of 2 to 10 classes", () => {
  fc.assert(
    fc.property(arbitraryArchitectureJson(), (json) => {
      const architecture = parseArchitecture(json);
      const classes = classCount(architecture);
      expect(classes).toBeGreaterThanOrEqual(2);
      expect(classes).toBeLessThanOrEqual(10);
    }),
    { numRuns: 1000 },
  );
});

test("every layer kind and every boundary is drawn", () => {
  const layers = fc.sample(arbitraryArchitecture(), MANY).flatMap((architecture) => architecture.layers);
  const drawn = (accepts: (layer: (typeof layers)[number]) => boolean): void => {
    expect(layers.some(accepts), String(accepts)).toBe(true);
  };
  for (const kind of layerKindNames) drawn((layer) => layer.kind === kind);
  drawn((layer) => "stride" in layer && layer.stride[0] > layer.kernelSize[0]);
  drawn((layer) => "stride" in layer && layer.stride[0] !== layer.stride[1]);
  for (const kind of ["conv2d", "maxPool2d", "avgPool2d", "ninBlock"]) {
    for (const [padded, bare] of [
      [0, 1],
      [1, 0],
    ] as const) {
      drawn(
        (layer) =>
          layer.kind === kind && "padding" in layer && layer.padding[padded] > 0 && layer.padding[bare] === 0,
      );
    }
  }
  drawn((layer) => layer.kind === "conv2d" && layer.outChannels % 4 === 0);
  drawn((layer) => layer.kind === "conv2d" && layer.outChannels > 4 && layer.outChannels % 4 !== 0);
  drawn((layer) => layer.kind === "maxPool2d" && layer.ceilMode && layer.padding[0] > 0);
  drawn((layer) => layer.kind === "avgPool2d" && layer.ceilMode && layer.padding[0] > 0);
  drawn((layer) => layer.kind === "conv2d" && !layer.bias);
  drawn((layer) => layer.kind === "linear" && !layer.bias);
  for (const length of [0, 1, 2, 3, 4]) {
    drawn((layer) => layer.kind === "ninBlock" && layer.mlpChannels.length === length);
  }
  for (const size of [1, 3]) {
    drawn((layer) => layer.kind === "ninBlock" && layer.mlpKernelSize.every((extent) => extent === size));
  }
});

test("networks are shallow and deep, narrow and wide, of odd sizes and even", () => {
  const drawn = fc.sample(arbitraryArchitecture({ maxLayers: 12, maxChannels: 20 }), MANY);
  const primitiveLayers = drawn.map((architecture) => inferLayers(architecture).length);
  expect(Math.min(...primitiveLayers)).toBeLessThanOrEqual(3);
  expect(Math.max(...primitiveLayers)).toBeGreaterThanOrEqual(25);
  const channels = drawn
    .flatMap(({ layers }) => layers)
    .map((layer) => ("outChannels" in layer ? layer.outChannels : 0));
  expect(Math.max(...channels)).toBe(20);
  expect(new Set(drawn.map(({ input }) => `${input.height % 2} ${input.width % 2}`)).size).toBe(4);
});

test("both heads are drawn", () => {
  const lastKinds = fc.sample(arbitraryArchitecture(), MANY).map(({ layers }) => layers.at(-1)?.kind);
  expect(new Set(lastKinds)).toEqual(new Set(["flatten", "linear"]));
});

test("`dropout: false` draws none, `maxLayers: 0` a head alone", () => {
  const without = fc.sample(arbitraryArchitecture({ dropout: false }), MANY);
  expect(without.flatMap(({ layers }) => layers).filter(({ kind }) => kind === "dropout")).toEqual([]);
  const heads = fc.sample(arbitraryArchitecture({ maxLayers: 0 }), MANY);
  expect(Math.max(...heads.map(({ layers }) => layers.length))).toBeLessThanOrEqual(6);
});
