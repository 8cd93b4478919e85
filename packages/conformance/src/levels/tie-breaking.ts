import type { Model } from "@nin/backend";
import { type Architecture, namedParameters, type Parameters, type Tensor } from "@nin/spec";
import { type ConformanceCase, caseId, type LevelName } from "../case/case.js";
import type { Tolerances } from "../case/tolerances.js";
import { checkEqual } from "../check/check.js";
import { compareGradients, flatAllowance } from "../check/network.js";
import { architectureOf, type LabelledInput, randomBatch, randomTensor } from "../networks/inputs.js";

/** What a level says of networks computed on small whole numbers. */
export interface TieBreakingComparison extends Pick<ConformanceCase, "plan" | "source"> {
  /** Both models have the network's parameters. Throws: `ConformanceFailure`. */
  compare(model: Model, oracle: Model, batch: LabelledInput, tolerances: Tolerances): Promise<void>;
}

/** A case for each network with ties. */
export function tieBreakingCases(
  level: LevelName,
  { plan, source, compare }: TieBreakingComparison,
): readonly ConformanceCase[] {
  return tieBreakingNetworks().map(({ name, architecture, parameters, batch }) => ({
    id: caseId(level, "ties", name),
    plan,
    source,
    quick: true,
    run: async (context) => {
      const [model, oracle] = [await context.compile(architecture), await context.oracle(architecture)];
      for (const each of [model, oracle]) await each.writeParameters(parameters);
      await compare(model, oracle, batch, context.tolerances);
    },
  }));
}

/** Whole numbers: every value is exact. */
export function forwardOfTies(): readonly ConformanceCase[] {
  return tieBreakingCases("forward", {
    plan: "on small whole numbers every layer's output is the oracle's, exactly",
    source: "oracle",
    compare: compareExactly,
  });
}

async function compareExactly(model: Model, oracle: Model, batch: LabelledInput): Promise<void> {
  const expected = await oracle.activations(batch);
  for (const [name, tensor] of await model.activations(batch)) {
    checkEqual(unsignedZeros(tensor), unsignedZeros(expected.get(name)), `activation ${name}`);
  }
}

/** Whether a zero has a sign is nobody's business. */
function unsignedZeros(tensor: Tensor | undefined): readonly number[] {
  return [...(tensor?.data ?? [])].map((value) => value + 0);
}

/** Equal maxima, and zeros before ReLUs. */
export function gradientsOfTies(): readonly ConformanceCase[] {
  return tieBreakingCases("gradients", {
    plan: "of equal maxima the first in row-major order takes the gradient, and none passes a ReLU at 0",
    source: "design rule: PyTorch's, in the reference's tests",
    compare: (model, oracle, batch, tolerances) =>
      compareGradients(model, oracle, batch, flatAllowance(tolerances)),
  });
}

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
