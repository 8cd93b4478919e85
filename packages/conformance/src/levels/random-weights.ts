import {
  type Architecture,
  at,
  elementCount,
  initialParameters,
  type NamedParameter,
  type NamedTensors,
  namedParameters,
  type PhiloxKey,
  PURPOSE,
  philox,
  philoxKey,
  type Recipe,
  type Tensor,
} from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { checkEqual } from "../check/check.js";
import { checkSameTensors } from "../check/tensors.js";
import { architectureOf } from "../networks/inputs.js";

interface KnownAnswer {
  readonly name: string;
  readonly key: PhiloxKey;
  readonly counter: readonly [number, number, number, number];
  readonly words: readonly [number, number, number, number];
}

const ONES = 0xffffffff;

/** The known answers of Random123. */
const ANSWERS: readonly KnownAnswer[] = [
  {
    name: "zeros",
    key: [0, 0],
    counter: [0, 0, 0, 0],
    words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    name: "ones",
    key: [ONES, ONES],
    counter: [ONES, ONES, ONES, ONES],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    name: "pi",
    key: [0xa4093822, 0x299f31d0],
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

/**
 * The generator that every other case of this level is computed with. No backend can fail these cases: they distinguish
 * a broken build of `@nin/spec` from a broken backend.
 */
export function knownAnswers(): readonly ConformanceCase[] {
  return ANSWERS.map(({ name, key, counter, words }) => ({
    id: caseId("randomness", "philox", name),
    plan: "Philox4x32-10 gives its known answers, on which everything else in this level relies",
    source: "Random123's known answers",
    quick: true,
    run: async () => {
      const actual = new Uint32Array(4);
      philox(key, ...counter, actual);
      checkEqual([...actual], words, "words");
    },
  }));
}

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
/** The smallest seed, one that needs both words of the key, and the largest. */
const SEEDS = [0, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER];

/** The initial weights of a run, written to the backend's own memory. */
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

function expectedParameters(rules: Rules, seed: number): NamedTensors {
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
    const u = at(words, e % 4) / 2 ** 32;
    return (2 * u - 1) * bound;
  });
  return { shape, data };
}

function boundOf({ role, fanIn, fanOut }: NamedParameter, { weight, bias }: Rules): number {
  if (role === "bias") return bias === "zeros" ? 0 : 1 / Math.sqrt(fanIn);
  return weight === "heUniform" ? Math.sqrt(6 / fanIn) : Math.sqrt(6 / (fanIn + fanOut));
}
