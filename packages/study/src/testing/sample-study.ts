import { builtinArchitecture, builtinRecipe } from "@nin/spec";
import type { MetricsLine } from "@nin/training";
import { createRun, type RunConfig } from "@nin/training/node";
import { parseStudy, type Study } from "../format/study.js";
import { planRuns, type StudyPlan } from "../plan/plan.js";

/** A plan of so many runs, which differ in the seed. */
export function samplePlan(count: number, changes: Partial<Study> = {}): Promise<StudyPlan> {
  const study = parseStudy({
    ...{ format: "nin-study", version: 1, name: "example", question: "Does it?" },
    base: { model: "nin-mnist", recipe: "d2l", data: "synthetic" },
    grid: { seed: Array.from({ length: count }, (_, seed) => seed) },
    ...changes,
  });
  return planRuns(study, "/nowhere");
}

/** Leaves a run folder as a training does that has ended its only epoch. */
export async function writeRun(folder: string, testAccuracy: number): Promise<void> {
  const split = { count: 8, sha256: "0".repeat(64) };
  const config: RunConfig = {
    architecture: builtinArchitecture("nin-mnist"),
    recipe: builtinRecipe("d2l"),
    data: { source: "synthetic", limit: null, classNames: ["a", "b"], train: split, test: split },
    ...{ backend: "reference", device: "cpu", precision: "f32", threads: null, maxSteps: null },
    ...{ logEvery: 1, checkpointEvery: 1, evalLimit: null, versions: {} },
  };
  await using run = await createRun(folder, config);
  await run.appendMetrics(linesOf(testAccuracy));
}

function linesOf(testAccuracy: number): readonly MetricsLine[] {
  const warning = { kind: "warning", code: "dead-class", step: 4, detail: "a is never predicted" } as const;
  return [
    { kind: "step", step: 1, epoch: 1, loss: 2, learningRate: 0.1, imagesPerSecond: 50, elapsedMs: 100 },
    {
      ...{ kind: "epoch", epoch: 1, step: 4, trainLoss: 1, testLoss: 0.5, testAccuracy, testImages: 8 },
      ...{ confusion: null, imagesPerSecond: 60, elapsedMs: 300 },
    },
    warning,
    warning,
  ];
}
