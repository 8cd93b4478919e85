import { describe, expect, test } from "vitest";
import { SpecError } from "../reading/errors.js";
import { architectureJson, architectureOf } from "../testing/architectures.js";
import { parseArchitecture, requireClasses, sameArchitecture } from "./architecture.js";

describe("parseArchitecture", () => {
  test("fills in every default", () => {
    const layers = [
      { kind: "ninBlock", outChannels: 4, kernelSize: 3 },
      { kind: "conv2d", outChannels: 2, kernelSize: [1, 2] },
      { kind: "maxPool2d", kernelSize: 2, stride: 1 },
      { kind: "avgPool2d", kernelSize: [2, 1], stride: [1, 2] },
      { kind: "flatten" },
      { kind: "linear", outFeatures: 3 },
    ];
    const pool = { padding: [0, 0], ceilMode: false };
    const window = { stride: [1, 1], padding: [0, 0] };
    expect(architectureOf(layers).layers).toEqual([
      {
        kind: "ninBlock",
        outChannels: 4,
        kernelSize: [3, 3],
        ...window,
        mlpChannels: [4, 4],
        mlpKernelSize: [1, 1],
      },
      { kind: "conv2d", outChannels: 2, kernelSize: [1, 2], ...window, bias: true },
      { kind: "maxPool2d", kernelSize: [2, 2], stride: [1, 1], ...pool },
      { kind: "avgPool2d", kernelSize: [2, 1], stride: [1, 2], ...pool },
      { kind: "flatten" },
      { kind: "linear", outFeatures: 3, bias: true },
    ]);
  });

  test("a SpecError carries its path and code", () => {
    const parse = (): unknown => parseArchitecture(architectureJson([{ kind: "dropout", rate: 1 }]));
    expect(parse).toThrow(SpecError);
    expect(parse).toThrow(expect.objectContaining({ path: "layers[0].rate", code: "NIN_SPEC" }));
  });
});

describe("sameArchitecture", () => {
  const layers = [{ kind: "conv2d", outChannels: 2, kernelSize: 3 }, { kind: "flatten" }];

  test("does not look at names, notation or the order of fields", () => {
    const a = architectureOf(layers);
    const b = parseArchitecture({
      ...architectureJson([
        { padding: [0, 0], kernelSize: [3, 3], outChannels: 2, kind: "conv2d" },
        { kind: "flatten" },
      ]),
      name: "other",
    });
    expect(sameArchitecture(a, { ...b, layers: b.layers.map(reversedFields) })).toBe(true);
  });

  test("sees a different layer and a different input", () => {
    const a = architectureOf(layers);
    expect(sameArchitecture(a, architectureOf([...layers, { kind: "relu" }]))).toBe(false);
    expect(sameArchitecture(a, architectureOf([{ ...layers[0], outChannels: 3 }, { kind: "flatten" }]))).toBe(
      false,
    );
    expect(sameArchitecture(a, architectureOf(layers, [1, 8, 9]))).toBe(false);
  });
});

describe("requireClasses", () => {
  const scores = architectureOf([{ kind: "flatten" }, { kind: "linear", outFeatures: 7 }]);

  test("accepts one score a class", () => {
    expect(() => requireClasses(scores, 7)).not.toThrow();
  });

  test("refuses another number of classes, and an image", () => {
    expect(() => requireClasses(scores, 10)).toThrow(
      "layers: expected an output of shape [10], one score a class, got [7]",
    );
    expect(() => requireClasses(architectureOf([{ kind: "globalAvgPool2d" }], [10, 4, 4]), 10)).toThrow(
      "layers: expected an output of shape [10], one score a class, got [10,1,1]",
    );
  });
});

function reversedFields<Layer extends object>(layer: Layer): Layer {
  return Object.fromEntries(Object.entries(layer).reverse()) as Layer;
}
