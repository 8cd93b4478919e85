import { IMAGE_SIZE } from "./idx.js";

/** The JSON of an architecture of these layers, valid or not. */
export function architectureJson<Layers>(
  layers: Layers,
  [channels, height, width]: readonly [number, number, number],
  name = "test",
) {
  return {
    format: "nin-architecture",
    version: 1,
    name,
    input: { channels, height, width },
    layers,
  } as const;
}

/**
 * Layers that between them are of every kind: a list that lacks one does not compile, so that a new kind is not forgotten.
 *
 * @example
 * const layers = layersOfEvery<LayerKindName>()([{ kind: "flatten" }, { kind: "linear", outFeatures: 3 }]);
 */
export function layersOfEvery<Kind extends string>() {
  return <const Layers extends readonly { readonly kind: Kind }[]>(
    layers: Layers & Complete<Exclude<Kind, Layers[number]["kind"]>>,
  ): Layers => layers;
}

/** Anything, unless kinds are missing; the type checker names them. */
type Complete<Missing extends string> = [Missing] extends [never] ? unknown : { readonly missing: Missing };

/** A NiN for the images of `smallIdxFiles` that trains in milliseconds; with every kind of step that `nin` has. */
export const smallNinJson = architectureJson(
  [
    { kind: "ninBlock", outChannels: 6, kernelSize: 3, padding: 1 },
    { kind: "maxPool2d", kernelSize: 2, stride: 2 },
    { kind: "dropout", rate: 0.25 },
    { kind: "ninBlock", outChannels: 10, kernelSize: 3, padding: 1 },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
  ],
  [1, IMAGE_SIZE, IMAGE_SIZE],
  "small",
);

/** 1x4x4 to three classes, with a dropout layer. */
export const threeClassJson = architectureJson(
  [
    { kind: "ninBlock", outChannels: 3, kernelSize: 3, padding: 1, mlpChannels: [2] },
    { kind: "maxPool2d", kernelSize: 2, stride: 2 },
    { kind: "dropout", rate: 0.5 },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 3 },
  ],
  [1, 4, 4],
);

/** Without a kink: what the rounding of a factor does to the results is then as small as itself. */
export const smoothJson = architectureJson(
  [
    { kind: "conv2d", outChannels: 70, kernelSize: 3, padding: 1 },
    { kind: "conv2d", outChannels: 5, kernelSize: 1 },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
  ],
  [9, 7, 6],
  "smooth",
);

/** An image of each class for the network of `smoothJson`. */
export const smoothBatch = {
  input: {
    shape: [5, 9, 7, 6],
    data: Float32Array.from({ length: 5 * 9 * 7 * 6 }, (_, index) => Math.sin(index)),
  },
  labels: Uint8Array.from({ length: 5 }, (_, index) => index),
};
