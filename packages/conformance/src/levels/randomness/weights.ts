import {
  type Architecture,
  elementCount,
  initialParameters,
  type NamedParameter,
  namedParameters,
  type Parameters,
  PURPOSE,
  philox,
  philoxKey,
  type Recipe,
  type Tensor,
} from "@nin/spec";
import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { checkSameTensors } from "../../check/tensors.js";
import { architectureOf } from "../../drawing/architecture-of.js";

/** Two convolutions, one without a bias, and a linear layer: ordinals 0, 1 and 2. */
const architecture: Architecture = architectureOf(
  [2, 5, 6],
  [
    { kind: "conv2d", outChannels: 3, kernelSize: [2, 3] },
    { kind: "conv2d", outChannels: 5, kernelSize: 1, bias: false },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 3 },
  ],
  "weights",
);

type Rules = Pick<Recipe["init"], "weight" | "bias">;

const RULES: readonly Rules[] = [
  { weight: "xavierUniform", bias: "uniformFanIn" },
  { weight: "heUniform", bias: "zeros" },
];
/** The least, one that needs both words of the key, and the largest. */
const SEEDS = [0, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER];

/** The weights that a run starts from, in the backend's own memory. */
export function initialWeights(): readonly ConformanceCase[] {
  return RULES.flatMap((rules) =>
    SEEDS.map((seed) => ({
      id: caseId("randomness", "weights", rules.weight, { seed }),
      plan: "the initial weights of a seed, written and read back, are fround((2u - 1) * bound), bit for bit",
      source: "design rule: Philox, by purpose, ordinal and flat OIHW position",
      quick: seed !== 0,
      run: (context) => compareWeights(context, rules, seed),
    })),
  );
}

async function compareWeights(context: CaseContext, rules: Rules, seed: number): Promise<void> {
  const model = await context.compile(architecture, { maxBatch: 1 });
  await model.writeParameters(initialParameters(architecture, { ...rules, overrides: {} }, seed));
  checkSameTensors(await model.readParameters(), expectedParameters(rules, seed), "initial parameters");
}

function expectedParameters(rules: Rules, seed: number): Parameters {
  return new Map(
    namedParameters(architecture).map((parameter) => [
      parameter.name,
      expectedTensor(parameter, rules, seed),
    ]),
  );
}

function expectedTensor(parameter: NamedParameter, rules: Rules, seed: number): Tensor {
  const { shape, role, ordinal } = parameter;
  const bound = boundOf(parameter, rules);
  const words = new Uint32Array(4);
  const data = Float32Array.from({ length: elementCount(shape) }, (_, e) => {
    if (bound === 0) return 0;
    philox(philoxKey(seed), Math.floor(e / 4), ordinal, 0, PURPOSE[role], words);
    const u = (words[e % 4] ?? 0) / 2 ** 32;
    return (2 * u - 1) * bound;
  });
  return { shape, data };
}

function boundOf({ role, fanIn, fanOut }: NamedParameter, { weight, bias }: Rules): number {
  if (role === "bias") return bias === "zeros" ? 0 : 1 / Math.sqrt(fanIn);
  return weight === "heUniform" ? Math.sqrt(6 / fanIn) : Math.sqrt(6 / (fanIn + fanOut));
}
