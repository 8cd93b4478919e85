import type { TrainingSession } from "@nin/backend";
import { type Architecture, type LayerKindName, namedParameters, type Optimizer } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { check, checkCount, checkEqual, checkNumber } from "../check/check.js";
import { checkSameTensors } from "../check/tensors.js";
import { architectureOf, heParameters, randomBatch } from "../networks/inputs.js";
import { ADAMW, SGD, smallArchitecture, smallBatch, smallModel } from "../networks/small.js";
import { type Subject, subjects } from "../networks/subjects.js";
import { compareSampledRun } from "../trajectory/compare-run.js";
import type { RunPlan } from "../trajectory/plan.js";

/** Every kind of weights and biases, and a layer without a bias. */
const architecture: Architecture = architectureOf(
  [2, 6, 7],
  [
    { kind: "ninBlock", outChannels: 5, kernelSize: 3, padding: 1, mlpChannels: [3] },
    { kind: "avgPool2d", kernelSize: 2, stride: 2 },
    { kind: "conv2d", outChannels: 3, kernelSize: 2, bias: false },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 4 },
  ],
  "step",
);

const SGD_STEP = { kind: "sgd", learningRate: 0.1, momentum: 0, weightDecay: 0 } as const;
const ADAMW_STEP = {
  kind: "adamw",
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
} as const;

interface OptimizerCase {
  readonly name: string;
  readonly optimizer: Optimizer;
  readonly quick: boolean;
}

const OPTIMIZER_CASES: readonly OptimizerCase[] = [
  { name: "sgd", optimizer: SGD_STEP, quick: true },
  { name: "sgd-momentum", optimizer: { ...SGD_STEP, momentum: 0.9 }, quick: true },
  { name: "sgd-decay", optimizer: { ...SGD_STEP, weightDecay: 0.1 }, quick: true },
  { name: "sgd-momentum-decay", optimizer: { ...SGD_STEP, momentum: 0.9, weightDecay: 0.1 }, quick: true },
  { name: "adamw", optimizer: ADAMW_STEP, quick: true },
  { name: "adamw-decay", optimizer: { ...ADAMW_STEP, weightDecay: 0.5 }, quick: true },
  { name: "adamw-short-memory", optimizer: { ...ADAMW_STEP, beta1: 0.5, beta2: 0.9 }, quick: false },
  // Where epsilon is added matters only if it is not small compared with the gradient.
  { name: "adamw-epsilon", optimizer: { ...ADAMW_STEP, epsilon: 0.1 }, quick: true },
];

/** The first steps of each optimizer, and later steps that continue a run. */
export function stepsOfOptimizers(): readonly ConformanceCase[] {
  return OPTIMIZER_CASES.flatMap(({ name, optimizer, quick }) =>
    [
      { steps: 1, firstStep: 0 },
      { steps: 2, firstStep: 0 },
      { steps: 3, firstStep: 4 },
    ].map((run) => ({
      id: caseId("step", "optimizers", name, run),
      plan: "losses, updates and optimizer state after steps of different learning rates and batch sizes are the oracle's",
      source: "oracle",
      quick: quick && run.steps === 2,
      run: (context) => compareSampledRun(context, (sample) => planOfOptimizer(optimizer, run, sample)),
    })),
  );
}

function planOfOptimizer(
  optimizer: Optimizer,
  { steps, firstStep }: { readonly steps: number; readonly firstStep: number },
  sample: number,
): RunPlan {
  return {
    architecture,
    compile: { maxBatch: 5 },
    train: { optimizer, seed: 3, firstStep },
    parameters: heParameters(architecture, 5 + 100 * sample),
    steps: [4, 3, 1].slice(0, steps).map((count, step) => ({
      batch: randomBatch(architecture, count, 10 + step),
      learningRate: optimizer.learningRate / (1 + step),
    })),
    probe: randomBatch(architecture, 5, 20),
  };
}

/** Samples by kind; the others are part of every network, and dropout is checked by the randomness level. */
const CHOSEN: Readonly<Record<LayerKindName | "network", readonly string[]>> = {
  conv2d: ["plain"],
  relu: [],
  maxPool2d: ["padded-ceil"],
  avgPool2d: ["padded-ceil"],
  globalAvgPool2d: ["before-a-convolution"],
  dropout: [],
  flatten: [],
  linear: ["hidden"],
  ninBlock: ["mlp-kernel"],
  network: ["wide"],
};
const CHOSEN_NAMES = new Set(
  Object.entries(CHOSEN).flatMap(([group, names]) => names.map((name) => `${group}/${name}`)),
);

/** Training is often another program than gradients: two steps of a network with each layer kind. */
export function stepsOfLayerKinds(): readonly ConformanceCase[] {
  return subjects()
    .filter(({ group, name }) => CHOSEN_NAMES.has(`${group}/${name}`))
    .map((subject) => ({
      id: caseId("step", subject.group, subject.name, subject.parameters),
      plan: "losses, updates and velocity after two steps of SGD with momentum and weight decay are the oracle's",
      source: "oracle",
      quick: subject.quick,
      run: (context) => compareSampledRun(context, (sample) => planOfSubject(subject, sample)),
    }));
}

function planOfSubject({ architecture, batch }: Subject, sample: number): RunPlan {
  return {
    architecture,
    compile: { maxBatch: batch },
    train: { optimizer: { kind: "sgd", learningRate: 0.05, momentum: 0.9, weightDecay: 0.01 }, seed: 1 },
    parameters: heParameters(architecture, 7 + 100 * sample),
    steps: [0.05, 0.02].map((learningRate, step) => ({
      batch: randomBatch(architecture, batch, 30 + step),
      learningRate,
    })),
    probe: randomBatch(architecture, batch, 40),
  };
}

/** What holds for the steps of any network. */
export function stepBehaviour(): readonly ConformanceCase[] {
  const behaviour = (
    name: string,
    plan: string,
    run: (context: CaseContext) => Promise<void>,
  ): ConformanceCase => ({
    id: caseId("step", "behaviour", name),
    plan,
    source: "design rule",
    quick: true,
    run,
  });
  return [
    behaviour("losses", "metrics returns the loss of each step once, in order", lossesOnce),
    behaviour(
      "divergence",
      "a loss that is not finite is reported in its place, and nothing is thrown",
      divergence,
    ),
    behaviour(
      "state-names",
      "the state has velocities after the first step, both moments from the start, and nothing without momentum",
      stateNames,
    ),
    behaviour("zero-rate", "a step at learning rate 0 changes no parameter", zeroRate),
  ];
}

async function steps(session: TrainingSession, count: number, learningRate: number): Promise<void> {
  for (let step = 0; step < count; step += 1) await session.step(smallBatch(4, 3 + step), { learningRate });
}

async function lossesOnce(context: CaseContext): Promise<void> {
  const together = await (await smallModel(context)).train({ optimizer: SGD, seed: 1 });
  await steps(together, 3, 0.1);
  const { losses } = await together.metrics();
  checkCount(losses, 3, "losses of 3 steps");
  checkCount((await together.metrics()).losses, 0, "losses when metrics is called again");
  const apart = await (await smallModel(context)).train({ optimizer: SGD, seed: 1 });
  for (const [step, loss] of losses.entries()) {
    await apart.step(smallBatch(4, 3 + step), { learningRate: 0.1 });
    const own = (await apart.metrics()).losses;
    checkCount(own, 1, "losses of one step");
    checkNumber(own[0], loss, `loss of step ${step + 1} read alone`, context.tolerances.reorderedSum);
  }
}

async function divergence(context: CaseContext): Promise<void> {
  const session = await (await smallModel(context)).train({ optimizer: SGD, seed: 1 });
  await steps(session, 6, 1e30);
  const { losses } = await session.metrics();
  checkCount(losses, 6, "losses of 6 steps");
  check(Number.isFinite(losses[0]), `loss of step 1: expected a finite one, got ${losses[0]}`);
  const wild = losses.slice(1).some((loss) => !Number.isFinite(loss) || loss > 1e6);
  check(wild, `losses at rate 1e30: expected one that is not finite or over 1e6, got ${losses.join(", ")}`);
}

async function stateNames(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const parameters = namedParameters(smallArchitecture).map(({ name }) => name);
  const named = (...slots: readonly string[]): readonly string[] =>
    slots.flatMap((slot) => parameters.map((name) => `${slot}.${name}`)).sort();
  const expectations: readonly (readonly [string, Optimizer, number, readonly string[]])[] = [
    ["SGD with momentum, before a step", SGD, 0, []],
    ["SGD with momentum, after a step", SGD, 1, named("velocity")],
    ["SGD without momentum", { ...SGD, momentum: 0 }, 1, []],
    ["AdamW, before a step", ADAMW, 0, named("moment1", "moment2")],
    ["AdamW, after a step", ADAMW, 1, named("moment1", "moment2")],
  ];
  for (const [what, optimizer, count, expected] of expectations) {
    const session = await model.train({ optimizer, seed: 1 });
    await steps(session, count, 0.01);
    checkEqual([...(await session.readState()).optimizer.keys()].sort(), expected, `state of ${what}`);
    await session.dispose();
  }
}

async function zeroRate(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const session = await model.train({ optimizer: { ...SGD, momentum: 0 }, seed: 1 });
  await session.step(smallBatch(4), { learningRate: 0 });
  const { parameters } = await session.readState();
  checkSameTensors(parameters, heParameters(smallArchitecture, 1), "parameters after a step at rate 0:");
}
