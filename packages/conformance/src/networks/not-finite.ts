import { type Architecture, at } from "@nin/spec";
import { architectureOf, type ImageShape, type LabelledInput, randomTensor } from "./inputs.js";

/** A network for inputs that are not finite. */
export interface NotFiniteNetwork {
  readonly name: string;
  readonly architecture: Architecture;
  /** Whether a quick run has it. */
  readonly quick: boolean;
}

const FLATTEN = { kind: "flatten" };
const HEAD = [FLATTEN, { kind: "linear", outFeatures: 3 }];
const POINTWISE = { kind: "conv2d", outChannels: 2, kernelSize: 1 };
const CONVOLUTION = { kind: "conv2d", outChannels: 3, kernelSize: 3, padding: 1 };
const RELU = { kind: "relu" };
const OVERLAPPING = { kernelSize: 3, stride: 2 };

const LAYERS: readonly (readonly [
  name: string,
  input: ImageShape,
  layers: readonly object[],
  quick?: false,
])[] = [
  ["relu", [2, 3, 3], [RELU, FLATTEN]],
  ["max-pool", [1, 5, 6], [{ kind: "maxPool2d", ...OVERLAPPING }, FLATTEN]],
  ["max-pool-disjoint", [2, 4, 4], [{ kind: "maxPool2d", kernelSize: 2, stride: 2 }, FLATTEN]],
  [
    "max-pool-padded",
    [1, 4, 5],
    [{ kind: "maxPool2d", ...OVERLAPPING, padding: 1, ceilMode: true }, FLATTEN],
  ],
  [
    "avg-pool-padded",
    [1, 4, 5],
    [{ kind: "avgPool2d", ...OVERLAPPING, padding: 1, ceilMode: true }, FLATTEN],
  ],
  ["global-avg-pool", [2, 3, 3], [{ kind: "globalAvgPool2d" }, FLATTEN]],
  ["linear", [1, 2, 3], HEAD],
  ["pointwise", [2, 2, 3], [POINTWISE, RELU, FLATTEN]],
  ["convolution", [1, 6, 6], [CONVOLUTION, FLATTEN], false],
  ["block", [1, 6, 6], [CONVOLUTION, RELU, { kind: "maxPool2d", ...OVERLAPPING }, ...HEAD], false],
];

/** Every layer kind on its own, and a block. */
export function notFiniteNetworks(): readonly NotFiniteNetwork[] {
  return LAYERS.map(([name, input, layers, quick = true]) => ({
    name,
    architecture: architectureOf(input, layers, `not-finite-${name}`),
    quick,
  }));
}

/** For gradients: layers between a head and a pointwise convolution, whose gradients show what is propagated back. */
export function notFiniteTrainings(): readonly NotFiniteNetwork[] {
  const between = (name: string, input: ImageShape, layers: readonly object[]): NotFiniteNetwork => ({
    name,
    architecture: architectureOf(input, [POINTWISE, ...layers, ...HEAD], `not-finite-${name}`),
    quick: true,
  });
  return [
    between("relu", [1, 1, 1], [RELU]),
    between("max-pool", [1, 4, 4], [{ kind: "maxPool2d", kernelSize: 2, stride: 2 }]),
    between("max-pool-over-all", [1, 3, 3], [RELU, { kind: "maxPool2d", kernelSize: 3, stride: 1 }]),
    between("avg-pool", [1, 4, 4], [{ kind: "avgPool2d", kernelSize: 2, stride: 2 }]),
    between("global-avg-pool", [1, 3, 3], [RELU, { kind: "globalAvgPool2d" }]),
  ];
}

/**
 * One image for each of a network's input elements, in which that element is replaced by one of `values` (in turn);
 * before and after these, an image of finite values.
 */
export function imagesWith(architecture: Architecture, values: readonly number[]): LabelledInput {
  const { channels, height, width } = architecture.input;
  const size = channels * height * width;
  const count = size + 2;
  const { shape, data } = randomTensor([count, channels, height, width], 5);
  const replaced = Float32Array.from(data);
  for (let element = 0; element < size; element += 1) {
    replaced[(element + 1) * size + element] = at(values, element % values.length);
  }
  return { input: { shape, data: replaced }, labels: new Uint8Array(count) };
}

/** Two images; the last element of the second one is NaN. */
export function batchWithNan(architecture: Architecture): LabelledInput {
  const { channels, height, width } = architecture.input;
  const { shape, data } = randomTensor([2, channels, height, width], 6);
  const replaced = Float32Array.from(data);
  replaced[replaced.length - 1] = Number.NaN;
  return { input: { shape, data: replaced }, labels: Uint8Array.of(1, 2) };
}
