import type { Model } from "@nin/backend";
import { type Architecture, type NamedTensors, namedParameters, type Tensor } from "@nin/spec";
import { type ConformanceCase, caseId, type LevelName } from "../case/case.js";
import type { Tolerances } from "../case/tolerances.js";
import { compareGradients, flatAllowance } from "../check/network.js";
import { checkTensors } from "../check/tensors.js";
import { architectureOf, type LabelledInput, randomBatch, randomTensor } from "../networks/inputs.js";

/** What a level checks of networks that compute small whole numbers. */
interface TieBreakingComparison extends Pick<ConformanceCase, "plan" | "source"> {
  /**
   * Compares two models that both have the network's parameters.
   *
   * @throws ConformanceFailure where they differ
   */
  compare(model: Model, oracle: Model, batch: LabelledInput, tolerances: Tolerances): Promise<void>;
}

/** A case for each network with ties. */
function tieBreakingCases(
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

/** Forward values of networks with ties: they are whole numbers, so that every value is exact. */
export function forwardOfTies(): readonly ConformanceCase[] {
  return tieBreakingCases("forward", {
    plan: "for small whole numbers the output of every layer is exactly the oracle's",
    source: "oracle",
    compare: compareExactly,
  });
}

async function compareExactly(model: Model, oracle: Model, batch: LabelledInput): Promise<void> {
  checkTensors(await model.activations(batch), await oracle.activations(batch), "activation", 0);
}

/** Gradients of equal maxima, and of zeros before ReLUs. */
export function gradientsOfTies(): readonly ConformanceCase[] {
  return tieBreakingCases("gradients", {
    plan: "the first of equal maxima in row-major order receives the gradient, and a ReLU at 0 passes none",
    source: "design rule: PyTorch's, checked by the tests of the reference",
    compare: (model, oracle, batch, tolerances) =>
      compareGradients(model, oracle, batch, flatAllowance(tolerances)),
  });
}

/**
 * A network that computes small whole numbers, which are exact in float32: windows of its pools have equal maxima, and
 * its ReLUs have inputs of 0.
 */
interface TieBreakingNetwork {
  readonly name: string;
  readonly architecture: Architecture;
  readonly parameters: NamedTensors;
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

/** A power of two, which is exact. With scores of several tens the loss would be nothing but their rounding. */
const HEAD_SCALE = 2 ** -4;

/** The networks, with parameters and a batch of whole numbers from -1 to 1; those of the head are scaled. */
function tieBreakingNetworks(): readonly TieBreakingNetwork[] {
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
