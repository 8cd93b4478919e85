import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryArchitecture, arbitraryArchitectureJson } from "../arbitrary.js";
import { architectureOf } from "../testing/architectures.js";
import { pytorchArchitectures } from "../testing/fixtures.js";
import { parseArchitecture, sameArchitecture } from "./architecture.js";
import { classCount, inferLayers, namedParameters } from "./shapes.js";
import { summarize } from "./summary.js";

describe("against PyTorch", () => {
  const cases = pytorchArchitectures.random.map((facts, index) => ({ index, ...facts }));

  test.each(cases)("random architecture $index has PyTorch's shapes, parameters and MACs", (facts) => {
    const architecture = parseArchitecture(facts.json);
    const { layers, macs } = summarize(architecture);
    const shapes = namedParameters(architecture).map(({ name, shape }) => [name, shape]);
    expect(layers.map(({ outputShape }) => outputShape)).toEqual(facts.shapes);
    expect(shapes).toEqual(Object.entries(facts.parameters));
    expect(macs).toBe(facts.macs);
  });

  test("the fixture has pools whose ceil mode matters", () => {
    const changed = cases.filter(({ json }) => {
      const architecture = parseArchitecture(json);
      const layers = architecture.layers.map((layer) =>
        "ceilMode" in layer ? { ...layer, ceilMode: !layer.ceilMode } : layer,
      );
      try {
        return !sameShapes(architecture, parseArchitecture({ ...architecture, layers }));
      } catch {
        return true;
      }
    });
    expect(changed.length).toBeGreaterThan(5);
  });
});

function sameShapes(...pair: readonly Parameters<typeof inferLayers>[0][]): boolean {
  const [a, b] = pair.map((one) => JSON.stringify(inferLayers(one).map(({ outputShape }) => outputShape)));
  return a === b;
}

/** Windows counted by walking: each starts a stride after the last, and must fit. */
function walkedWindows(extent: number, kernel: number, stride: number, padding: number): number {
  let count = 0;
  for (let start = -padding; start + kernel <= extent + padding; start += stride) count += 1;
  return count;
}

describe("inferred shapes", () => {
  test("are positive, and chain from layer to layer", () => {
    fc.assert(
      fc.property(arbitraryArchitecture(), (architecture) => {
        const placed = inferLayers(architecture);
        placed.forEach((layer, index) => {
          for (const extent of layer.outputShape) expect(extent).toBeGreaterThanOrEqual(1);
          const { channels, height, width } = architecture.input;
          expect(layer.inputShape).toEqual(placed[index - 1]?.outputShape ?? [channels, height, width]);
        });
        expect(placed.filter(({ last }) => last).map(({ layerIndex }) => layerIndex)).toEqual(
          architecture.layers.map((_, layerIndex) => layerIndex),
        );
      }),
    );
  });

  test("count the windows that fit", () => {
    const extent = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 20 }),
        extent,
        extent,
        fc.nat(3),
        (n, kernelSize, stride, padding) => {
          const conv = { kind: "conv2d", outChannels: 1, kernelSize, stride, padding };
          const windows = walkedWindows(n, kernelSize, stride, padding);
          expect(inferLayers(architectureOf([conv], [1, n, n]))[0]?.outputShape).toEqual([
            1,
            windows,
            windows,
          ]);
        },
      ),
    );
  });

  test.each([
    { n: 5, kernelSize: 2, stride: 2, padding: 0, floor: 2, ceil: 3 },
    { n: 4, kernelSize: 2, stride: 3, padding: 0, floor: 1, ceil: 2 },
    { n: 4, kernelSize: 3, stride: 5, padding: 0, floor: 1, ceil: 1 },
    { n: 4, kernelSize: 2, stride: 3, padding: 1, floor: 2, ceil: 2 },
    { n: 3, kernelSize: 2, stride: 4, padding: 1, floor: 1, ceil: 1 },
    { n: 1, kernelSize: 2, stride: 2, padding: 1, floor: 1, ceil: 1 },
    { n: 6, kernelSize: 3, stride: 2, padding: 1, floor: 3, ceil: 4 },
  ])("a pool $kernelSize/$stride+$padding on $n", ({ n, floor, ceil, ...window }) => {
    const extentOf = (ceilMode: boolean): number | undefined =>
      inferLayers(architectureOf([{ kind: "maxPool2d", ...window, ceilMode }], [1, n, n]))[0]?.outputShape[1];
    expect(extentOf(false)).toBe(floor);
    expect(extentOf(true)).toBe(ceil);
  });
});

test("ordinals number the weighted layers, of which a bias shares its weight's", () => {
  fc.assert(
    fc.property(arbitraryArchitecture(), (architecture) => {
      const weighted = inferLayers(architecture).filter(({ parameters }) => parameters.length > 0);
      const ordinals = weighted.map(({ parameters }) => [
        ...new Set(parameters.map(({ ordinal }) => ordinal)),
      ]);
      expect(ordinals).toEqual(weighted.map((_, ordinal) => [ordinal]));
    }),
  );
});

test("parsing again what was parsed changes nothing", () => {
  fc.assert(
    fc.property(arbitraryArchitectureJson(), (json) => {
      const architecture = parseArchitecture(json);
      const again = parseArchitecture(JSON.parse(JSON.stringify(architecture)));
      expect(again).toEqual(architecture);
      expect(sameArchitecture(again, architecture)).toBe(true);
    }),
  );
});

test("classCount is the number of scores", () => {
  expect(classCount(architectureOf([{ kind: "flatten" }, { kind: "linear", outFeatures: 7 }]))).toBe(7);
});
