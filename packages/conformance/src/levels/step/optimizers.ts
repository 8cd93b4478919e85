import type { Architecture, Optimizer } from "@nin/spec";
import type { ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { architectureOf } from "../../drawing/architecture-of.js";
import { heParameters, randomBatch } from "../../drawing/random-batch.js";
import { compareSampledRun } from "../../trajectory/compare-run.js";
import type { RunPlan } from "../../trajectory/plan.js";

/** Weights and biases of every kind, and a layer without a bias. */
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

const SGD = { kind: "sgd", learningRate: 0.1, momentum: 0, weightDecay: 0 } as const;
const ADAMW = {
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
  { name: "sgd", optimizer: SGD, quick: true },
  { name: "sgd-momentum", optimizer: { ...SGD, momentum: 0.9 }, quick: true },
  { name: "sgd-decay", optimizer: { ...SGD, weightDecay: 0.1 }, quick: true },
  { name: "sgd-momentum-decay", optimizer: { ...SGD, momentum: 0.9, weightDecay: 0.1 }, quick: true },
  { name: "adamw", optimizer: ADAMW, quick: true },
  { name: "adamw-decay", optimizer: { ...ADAMW, weightDecay: 0.5 }, quick: true },
  { name: "adamw-short-memory", optimizer: { ...ADAMW, beta1: 0.5, beta2: 0.9 }, quick: false },
  // Where epsilon stands shows only when it is not small beside the gradient.
  { name: "adamw-epsilon", optimizer: { ...ADAMW, epsilon: 0.1 }, quick: true },
];

/** The first steps of each optimizer, and steps that a run went on with. */
export function stepsOfOptimizers(): readonly ConformanceCase[] {
  return OPTIMIZER_CASES.flatMap(({ name, optimizer, quick }) =>
    [
      { steps: 1, firstStep: 0 },
      { steps: 2, firstStep: 0 },
      { steps: 3, firstStep: 4 },
    ].map((run) => ({
      id: caseId("step", "optimizers", name, run),
      plan: "losses, updates and optimizer state after steps of several rates and batch sizes are the oracle's",
      source: "oracle",
      quick: quick && run.steps === 2,
      run: (context) => compareSampledRun(context, (draw) => planOfOptimizer(optimizer, run, draw)),
    })),
  );
}

function planOfOptimizer(
  optimizer: Optimizer,
  { steps, firstStep }: { readonly steps: number; readonly firstStep: number },
  draw: number,
): RunPlan {
  return {
    architecture,
    compile: { maxBatch: 5 },
    train: { optimizer, seed: 3, firstStep },
    parameters: heParameters(architecture, 5 + 100 * draw),
    steps: [4, 3, 1].slice(0, steps).map((count, step) => ({
      batch: randomBatch(architecture, count, 10 + step),
      learningRate: optimizer.learningRate / (1 + step),
    })),
    probe: randomBatch(architecture, 5, 20),
  };
}
