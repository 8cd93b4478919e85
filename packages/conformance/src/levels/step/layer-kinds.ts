import type { ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { heParameters, randomBatch } from "../../drawing/random-batch.js";
import { type Subject, subjects } from "../../networks/subjects.js";
import { compareSampledRun } from "../../trajectory/compare-run.js";
import type { RunPlan } from "../../trajectory/plan.js";

/** Dropout is another level's. */
const CHOSEN: readonly string[] = [
  "conv2d/plain",
  "maxPool2d/padded-ceil",
  "avgPool2d/padded-ceil",
  "globalAvgPool2d/before-a-convolution",
  "linear/hidden",
  "ninBlock/mlp-kernel",
  "network/wide",
];

/** A training program is another one than that of gradients: two steps on a network of each kind. */
export function stepsOfLayerKinds(): readonly ConformanceCase[] {
  return subjects()
    .filter(({ group, name }) => CHOSEN.includes(`${group}/${name}`))
    .map((subject) => ({
      id: caseId("step", subject.group, subject.name, subject.parameters),
      plan: "losses, updates and velocity after two steps of SGD with momentum and decay are the oracle's",
      source: "oracle",
      quick: subject.quick,
      run: (context) => compareSampledRun(context, (draw) => planOfSubject(subject, draw)),
    }));
}

function planOfSubject({ architecture, batch }: Subject, draw: number): RunPlan {
  return {
    architecture,
    compile: { maxBatch: batch },
    train: { optimizer: { kind: "sgd", learningRate: 0.05, momentum: 0.9, weightDecay: 0.01 }, seed: 1 },
    parameters: heParameters(architecture, 7 + 100 * draw),
    steps: [0.05, 0.02].map((learningRate, step) => ({
      batch: randomBatch(architecture, batch, 30 + step),
      learningRate,
    })),
    probe: randomBatch(architecture, batch, 40),
  };
}
