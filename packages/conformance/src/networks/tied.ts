import type { Parameters, Tensor } from "@nin/spec";
import { type Architecture, namedParameters } from "@nin/spec";
import { architectureOf } from "../drawing/architecture-of.js";
import { type LabelledInput, randomBatch } from "../drawing/random-batch.js";
import { randomTensor } from "../drawing/random-tensors.js";

/**
 * A network that is computed on small integers, exact in float32: its pools' windows have equal
 * maxima, and its ReLUs are given zeros.
 */
export interface TieBreakingNetwork {
  readonly name: string;
  readonly architecture: Architecture;
  readonly parameters: Parameters;
  readonly batch: LabelledInput;
}

const HEAD = [{ kind: "flatten" }, { kind: "linear", outFeatures: 3 }];

const ARCHITECTURES: readonly (readonly [name: string, architecture: Architecture])[] = [
  [
    "overlapping-windows",
    architectureOf(
      [2, 7, 8],
      [
        { kind: "conv2d", outChannels: 2, kernelSize: 2 },
        { kind: "maxPool2d", kernelSize: [3, 2], stride: [2, 1], padding: 1, ceilMode: true },
        ...HEAD,
      ],
    ),
  ],
  [
    "disjoint-windows",
    architectureOf(
      [2, 6, 8],
      [
        { kind: "conv2d", outChannels: 3, kernelSize: 1 },
        { kind: "maxPool2d", kernelSize: 2, stride: 2 },
        ...HEAD,
      ],
    ),
  ],
  [
    "relu-of-zero",
    architectureOf([2, 5, 4], [{ kind: "conv2d", outChannels: 3, kernelSize: 2 }, { kind: "relu" }, ...HEAD]),
  ],
  [
    "relu-then-pool",
    architectureOf(
      [1, 7, 7],
      [
        { kind: "conv2d", outChannels: 3, kernelSize: 2 },
        { kind: "relu" },
        { kind: "maxPool2d", kernelSize: 3, stride: 2, ceilMode: true },
        ...HEAD,
      ],
    ),
  ],
  [
    "pool-relu-pool",
    architectureOf(
      [2, 7, 8],
      [
        { kind: "conv2d", outChannels: 2, kernelSize: 2 },
        { kind: "maxPool2d", kernelSize: [3, 2], stride: [2, 1], padding: 1, ceilMode: true },
        { kind: "conv2d", outChannels: 3, kernelSize: 1 },
        { kind: "relu" },
        { kind: "maxPool2d", kernelSize: 2, stride: 2 },
        ...HEAD,
      ],
    ),
  ],
];

/** A power of two, exact: scores of some tens would leave nothing of the loss but their rounding. */
const HEAD_SCALE = 2 ** -4;

/** Every tied network, with parameters and a batch of whole numbers from -1 to 1, the head's smaller. */
export function tieBreakingNetworks(): readonly TieBreakingNetwork[] {
  return ARCHITECTURES.map(([name, architecture]) => {
    const { input, labels } = randomBatch(architecture, 3, 1);
    const head = `net.${architecture.layers.length - 1}.`;
    const parameters = namedParameters(architecture).map(({ name: parameter, shape }, seed) => {
      const scale = parameter.startsWith(head) ? HEAD_SCALE : 1;
      return [parameter, smallIntegers(randomTensor(shape, seed), scale)] as const;
    });
    return {
      name,
      architecture,
      parameters: new Map(parameters),
      batch: { input: smallIntegers(input), labels },
    };
  });
}

function smallIntegers({ shape, data }: Tensor, scale = 1): Tensor {
  // Adding 0 turns -0 into 0.
  return { shape, data: data.map((value) => scale * Math.round(1.4 * value) + 0) };
}
