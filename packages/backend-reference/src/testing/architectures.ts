import { type Architecture, type LayerKindName, parseArchitecture } from "@nin/spec";
import { architectureJson, layersOfEvery } from "@nin/test-support";

/** An architecture of these layers. */
export function architectureOf(
  input: readonly [number, number, number],
  layers: readonly object[],
): Architecture {
  return parseArchitecture(architectureJson(layers, input));
}

/** A network of every layer kind, small enough for finite differences. */
export function everyKind(): Architecture {
  return architectureOf(
    [2, 9, 8],
    layersOfEvery<LayerKindName>()([
      { kind: "ninBlock", outChannels: 4, kernelSize: 3, padding: 1, mlpChannels: [3] },
      { kind: "maxPool2d", kernelSize: 3, stride: 2, ceilMode: true },
      { kind: "conv2d", outChannels: 5, kernelSize: [2, 3], stride: [1, 2], padding: 1 },
      { kind: "relu" },
      { kind: "avgPool2d", kernelSize: 2, stride: 2, padding: 1, ceilMode: true },
      { kind: "dropout", rate: 0.5 },
      { kind: "conv2d", outChannels: 4, kernelSize: 1, bias: false },
      { kind: "globalAvgPool2d" },
      { kind: "flatten" },
      { kind: "linear", outFeatures: 3 },
    ]),
  );
}
