import { type Architecture, at, type LayerKindName } from "@nin/spec";
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

type Network = readonly [name: string, input: ImageShape, layers: readonly object[], quick?: boolean];

/** By the kind that they are for; the others change no value, and are part of every network. */
const NETWORKS: Readonly<Record<LayerKindName, readonly Network[]>> = {
  relu: [["relu", [2, 3, 3], [RELU, FLATTEN]]],
  maxPool2d: [
    ["max-pool", [1, 5, 6], [{ kind: "maxPool2d", ...OVERLAPPING }, FLATTEN]],
    ["max-pool-disjoint", [2, 4, 4], [{ kind: "maxPool2d", kernelSize: 2, stride: 2 }, FLATTEN]],
    [
      "max-pool-padded",
      [1, 4, 5],
      [{ kind: "maxPool2d", ...OVERLAPPING, padding: 1, ceilMode: true }, FLATTEN],
    ],
  ],
  avgPool2d: [
    [
      "avg-pool-padded",
      [1, 4, 5],
      [{ kind: "avgPool2d", ...OVERLAPPING, padding: 1, ceilMode: true }, FLATTEN],
    ],
  ],
  globalAvgPool2d: [["global-avg-pool", [2, 3, 3], [{ kind: "globalAvgPool2d" }, FLATTEN]]],
  linear: [["linear", [1, 2, 3], HEAD]],
  conv2d: [
    ["pointwise", [2, 2, 3], [POINTWISE, RELU, FLATTEN]],
    ["convolution", [1, 6, 6], [CONVOLUTION, FLATTEN], false],
  ],
  ninBlock: [
    ["block", [1, 6, 6], [CONVOLUTION, RELU, { kind: "maxPool2d", ...OVERLAPPING }, ...HEAD], false],
  ],
  dropout: [],
  flatten: [],
};

/** For gradients, between a head and a pointwise convolution, whose gradients show what is propagated back. */
const TRAININGS: Readonly<Record<LayerKindName, readonly Network[]>> = {
  relu: [["relu", [1, 1, 1], [RELU]]],
  maxPool2d: [
    ["max-pool", [1, 4, 4], [{ kind: "maxPool2d", kernelSize: 2, stride: 2 }]],
    ["max-pool-over-all", [1, 3, 3], [RELU, { kind: "maxPool2d", kernelSize: 3, stride: 1 }]],
  ],
  avgPool2d: [["avg-pool", [1, 4, 4], [{ kind: "avgPool2d", kernelSize: 2, stride: 2 }]]],
  globalAvgPool2d: [["global-avg-pool", [1, 3, 3], [RELU, { kind: "globalAvgPool2d" }]]],
  // In each of these networks.
  conv2d: [],
  linear: [],
  flatten: [],
  ninBlock: [],
  dropout: [],
};

/** Every layer kind on its own, and a block. */
export function notFiniteNetworks(): readonly NotFiniteNetwork[] {
  return Object.values(NETWORKS)
    .flat()
    .map((network) => networkOf(network, (layers) => layers));
}

/** Layers for gradients. */
export function notFiniteTrainings(): readonly NotFiniteNetwork[] {
  return Object.values(TRAININGS)
    .flat()
    .map((network) => networkOf(network, (layers) => [POINTWISE, ...layers, ...HEAD]));
}

function networkOf(
  [name, input, layers, quick = true]: Network,
  around: (layers: readonly object[]) => readonly object[],
): NotFiniteNetwork {
  return { name, architecture: architectureOf(input, around(layers), `not-finite-${name}`), quick };
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
