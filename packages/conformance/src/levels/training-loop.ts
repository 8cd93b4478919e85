import { syntheticDataset } from "@nin/data";
import { at, parseRecipe, present, resolvedPreprocessing } from "@nin/spec";
import { type EpochMetrics, type StepMetrics, trainModel } from "@nin/training";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { check, checkCount, checkEqual, checkNumber } from "../check/check.js";
import { architectureOf } from "../networks/inputs.js";
import type { RunDistance } from "../trajectory/distance.js";
import type { ExpectedRun } from "../trajectory/expected-run.js";
import type { EpochRun, RunPlan } from "../trajectory/plan.js";
import { expectedEpochs, type RunChoice } from "./training-runs.js";

const CHOICES: readonly (readonly [choice: RunChoice, quick: boolean])[] = [
  [
    {
      network: "linear-head",
      optimizer: "momentum",
      epochs: 3,
      trainCount: 43,
      schedule: { kind: "cosine", warmupSteps: 4 },
      evaluates: true,
    },
    true,
  ],
  [{ network: "nin", optimizer: "adamw", epochs: 3, evaluates: true }, false],
];

/** `trainModel` on the backend under test, compared with the oracle's steps, which are averaged here. */
export function trajectoriesOfLoop(): readonly ConformanceCase[] {
  return CHOICES.map(([choice, quick]) => ({
    id: caseId("trajectory", "loop", choice.network, { optimizer: choice.optimizer, epochs: choice.epochs }),
    plan: "trainModel runs each step at its learning rate; the trainLoss of an epoch is the mean over its images, and its test results are the oracle's",
    source: "oracle, within spreads; means by hand",
    quick,
    run: (context) => compareLoop(context, choice),
  }));
}

async function compareLoop(context: CaseContext, choice: RunChoice): Promise<void> {
  const expected = await expectedEpochs(context, choice);
  const { run, plan } = expected;
  const { architecture, recipe, data } = run;
  const model = await context.compile(architecture, plan.compile);
  const steps: StepMetrics[] = [];
  const { epochs } = await trainModel({
    model,
    architecture,
    recipe,
    data,
    logEvery: 1,
    onEvent: (event) => {
      if (event.kind === "step") steps.push(event);
    },
  });
  checkSteps(steps, plan, expected);
  checkEpochs(epochs, plan, expected, run);
}

function checkSteps(steps: readonly StepMetrics[], plan: RunPlan, { outcome, tolerance }: ExpectedRun): void {
  checkEqual(
    steps.map(({ step }) => step),
    plan.steps.map((_, index) => index + 1),
    "steps reported",
  );
  steps.forEach(({ learningRate, loss, step }, index) => {
    checkEqual(learningRate, at(plan.steps, index).learningRate, `rate of step ${step}`);
    checkNumber(loss, at(outcome.losses, index), `loss of step ${step}`, at(tolerance.losses, index));
  });
}

function checkEpochs(
  epochs: readonly EpochMetrics[],
  plan: RunPlan,
  { outcome, tolerance }: ExpectedRun,
  { data, recipe }: EpochRun,
): void {
  checkCount(epochs, recipe.epochs, "epochs");
  const stepsPerEpoch = plan.steps.length / recipe.epochs;
  for (const [index, epoch] of epochs.entries()) {
    const what = `epoch ${epoch.epoch}`;
    const own = { from: index * stepsPerEpoch, to: (index + 1) * stepsPerEpoch };
    const trainLoss = sumOverImages(plan, outcome.losses, own) / data.train.count;
    checkNumber(epoch.trainLoss, trainLoss, `${what}: trainLoss`, largestLoss(tolerance, own));
    const { lossSum, count, correct, confusion } = at(outcome.evaluations, index);
    const testLoss = present(epoch.testLoss, `${what}: testLoss`);
    checkNumber(testLoss, lossSum / count, `${what}: testLoss`, at(tolerance.evaluations, index));
    checkEqual(epoch.testAccuracy, correct / count, `${what}: testAccuracy`);
    const rows = present(epoch.confusion, `${what}: confusion`);
    checkEqual(rows.flat(), [...confusion], `${what}: confusion`);
  }
}

interface StepRange {
  readonly from: number;
  readonly to: number;
}

/** The sum of an epoch's losses, each weighted by the images of its batch. */
function sumOverImages(plan: RunPlan, losses: readonly number[], { from, to }: StepRange): number {
  return plan.steps.slice(from, to).reduce((sum, { batch }, index) => {
    const count = "indices" in batch ? batch.indices.length : batch.labels.length;
    return sum + count * at(losses, from + index);
  }, 0);
}

function largestLoss({ losses }: RunDistance, { from, to }: StepRange): number {
  return Math.max(...losses.slice(from, to));
}

const SIZE = 8;

/** Training that diverges. */
export function divergingTrainings(): readonly ConformanceCase[] {
  return [
    {
      id: caseId("trajectory", "loop", "diverges"),
      plan: "trainModel stops with NIN_DIVERGED when weights are no longer finite",
      source: "design rule",
      quick: true,
      run: diverge,
    },
  ];
}

/**
 * Two layers without a ReLU between them, each of which multiplies the gradient of the other, so that float64 overflows
 * as well.
 */
async function diverge(context: CaseContext): Promise<void> {
  const architecture = architectureOf(
    [1, SIZE, SIZE],
    [
      { kind: "conv2d", outChannels: 2, kernelSize: 3 },
      { kind: "flatten" },
      { kind: "linear", outFeatures: 10 },
    ],
  );
  const recipe = parseRecipe({
    format: "nin-recipe",
    version: 1,
    name: "diverging",
    loss: "softmaxCrossEntropy",
    optimizer: { kind: "sgd", learningRate: 1e38 },
    schedule: { kind: "constant" },
    preprocessing: { mean: 0.3, std: 0.3 },
    batchSize: 8,
    epochs: 3,
    seed: 1,
    init: { weight: "heUniform", bias: "zeros" },
  });
  const data = syntheticDataset({ size: SIZE, train: 50, test: 20 });
  const images = {
    channels: 1,
    height: SIZE,
    width: SIZE,
    preprocessing: resolvedPreprocessing(recipe.preprocessing),
  };
  const model = await context.compile(architecture, { maxBatch: 8, imageFormat: images });
  const thrown = await trainModel({ model, architecture, recipe, data }).then(
    ({ step }) => `none, after ${step} steps`,
    (error: { readonly code?: unknown }) => error.code,
  );
  check(thrown === "NIN_DIVERGED", `a training at rate 1e38: expected NIN_DIVERGED, got ${thrown}`);
}
