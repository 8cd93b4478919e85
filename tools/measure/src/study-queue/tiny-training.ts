import { setTimeout as delay } from "node:timers/promises";
import { builtinRecipe, parseRecipe } from "@nin/spec";
import { parseStudy } from "@nin/study";
import { type PlannedRun, planRuns, type StudyPlan, type StudyTrainer } from "@nin/study/node";
import type { StudyJobData } from "@nin/study/queue";
import type { EpochMetrics } from "@nin/training";
import { createRun, type Run, type RunConfig, resumeRun } from "@nin/training/node";

/** The data of trainings that load none. */
export const TINY_DATA: StudyJobData = {
  name: "synthetic",
  limit: null,
  train: { count: 60, sha256: "a".repeat(64) },
  test: { count: 10, sha256: "b".repeat(64) },
};

/** A study of so many runs that differ in their seeds. */
export function tinyPlan(name: string, runs: number): Promise<StudyPlan> {
  const study = parseStudy({
    ...{ format: "nin-study", version: 1, name },
    base: { model: "nin-mnist", recipe: "d2l", data: "synthetic", backend: "reference", device: "cpu" },
    grid: { seed: Array.from({ length: runs }, (_, index) => index) },
  });
  return planRuns(study, process.cwd());
}

/** The score of a run, which follows from its seed. */
export function tinyScore({ recipe }: Pick<PlannedRun, "recipe">): number {
  return (recipe.seed % 1000) / 1000;
}

/** Trains nothing: waits a while, and writes a run's settings and its one line of metrics as a training does. */
export function tinyTrainer(durationMs: number): StudyTrainer {
  return async (run, { folder, signal, onMetrics }) => {
    const own = await opened(run, folder);
    try {
      await delay(durationMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return { interrupted: true };
      const line: EpochMetrics = {
        ...{ kind: "epoch", epoch: 1, step: 4, trainLoss: 1, testLoss: 1, testAccuracy: tinyScore(run) },
        ...{ testImages: 10, confusion: null, imagesPerSecond: 1, elapsedMs: durationMs },
      };
      await own.appendMetrics([line]);
      onMetrics(line);
      return { interrupted: false };
    } finally {
      await own.dispose();
    }
  };
}

/** A run that another worker has begun is continued, from its beginning: it has no checkpoint. */
async function opened(run: PlannedRun, folder: string): Promise<Run> {
  const options = { forceUnlock: true };
  return resumeRun(folder, options).catch((error: { readonly code?: unknown }) => {
    if (error.code !== "NIN_RUN_MISSING") throw error;
    return createRun(folder, configOf(run), options);
  });
}

function configOf({
  architecture,
  recipe,
  backend,
  device,
  precision,
  threads,
  limit,
}: PlannedRun): RunConfig {
  const own = { ...parseRecipe(builtinRecipe("d2l")), seed: recipe.seed };
  return {
    architecture,
    recipe: { ...own, preprocessing: { mean: [0], std: [1] } },
    data: {
      ...{ source: "synthetic", limit, classNames: ["0", "1"], image: architecture.input },
      ...{ train: TINY_DATA.train, test: TINY_DATA.test },
    },
    ...{ backend, device: device ?? "cpu", precision, threads },
    ...{ maxSteps: null, logEvery: 1, checkpointEvery: 1, evalLimit: null, versions: {} },
  };
}
