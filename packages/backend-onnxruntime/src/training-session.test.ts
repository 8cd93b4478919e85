import { createOnnxRuntimeBackend } from "@nin/backend-onnxruntime";
import { createReferenceBackend } from "@nin/backend-reference";
import type { Architecture, Optimizer } from "@nin/spec";
import { arbitraryArchitecture } from "@nin/spec/arbitrary";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ADAMW, SGD } from "./testing/optimizers.js";
import { heParameters, randomBatch } from "./testing/random-case.js";
import {
  runTrajectory,
  type TrajectoryPlan,
  trajectoryDistance,
  trajectoryTolerance,
} from "./testing/trajectory.js";

const RUNS = 16;
const BATCH_SIZES = [4, 1, 5];

const backend = createOnnxRuntimeBackend();
const reference = createReferenceBackend();

/** Three steps with batches and learning rates of their own. */
function planOf(architecture: Architecture, optimizer: Optimizer, seed: number): TrajectoryPlan {
  return {
    train: { optimizer, seed, firstStep: 3 },
    parameters: heParameters(architecture, seed),
    steps: BATCH_SIZES.map((count, step) => ({
      batch: randomBatch(architecture, count, seed + step),
      learningRate: optimizer.learningRate * (1 + step / 2),
    })),
  };
}

/** False where a run depends on its roundings. */
async function compareWithOracle(
  architecture: Architecture,
  optimizer: Optimizer,
  seed: number,
): Promise<boolean> {
  const plan = planOf(architecture, optimizer, seed);
  const oracle = await reference.compile(architecture);
  const expected = await runTrajectory(oracle, plan);
  const tolerance = await trajectoryTolerance(oracle, plan, expected);
  if (tolerance === undefined) return false;
  await using model = await backend.compile(architecture, { threads: 1, maxBatch: 5 });
  const distance = trajectoryDistance(await runTrajectory(model, plan), expected);
  expect(distance.losses, "losses").toBeLessThanOrEqual(tolerance.losses);
  expect(distance.logits, "logits").toBeLessThanOrEqual(tolerance.logits);
  for (const [name, allowed] of tolerance.updates) {
    expect(distance.updates.get(name), `update of ${name}`).toBeLessThanOrEqual(allowed);
  }
  return true;
}

test.each([
  ["SGD with momentum and weight decay", SGD],
  ["SGD alone", { ...SGD, momentum: 0, weightDecay: 0 }],
  ["AdamW", ADAMW],
])(`steps with dropout are the oracle's: %s`, async (_, optimizer) => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(arbitraryArchitecture(), fc.nat(), async (architecture, seed) => {
      compared += Number(await compareWithOracle(architecture, optimizer, seed));
    }),
    { seed: 20131216, numRuns: RUNS },
  );
  expect(compared).toBeGreaterThan(0.8 * RUNS);
});
