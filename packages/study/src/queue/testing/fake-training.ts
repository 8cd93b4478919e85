import { setTimeout as delay } from "node:timers/promises";
import { builtinRecipe, parseRecipe } from "@nin/spec";
import type { MetricsLine } from "@nin/training";
import { createRun, type RunConfig } from "@nin/training/node";
import { parseStudy } from "../../format/study.js";
import { type PlannedRun, planRuns, type StudyPlan } from "../../plan/plan.js";
import type { StudyTrainer } from "../../run/run-study.js";
import type { QueueKind, StudyJobData } from "../job.js";
import type { WorkerMachine } from "../worker.js";

/** The data of fake trainings, which load none. */
export const FAKE_DATA: StudyJobData = {
  name: "synthetic",
  limit: null,
  train: { count: 60, sha256: "a".repeat(64) },
  test: { count: 10, sha256: "b".repeat(64) },
};

/** A study of so many runs, which differ in their seeds. */
export function fakePlan(name: string, runs: number): Promise<StudyPlan> {
  const study = parseStudy({
    ...{ format: "nin-study", version: 1, name },
    base: {
      model: "nin-mnist?size=32",
      recipe: "d2l",
      data: "synthetic",
      backend: "reference",
      device: "cpu",
    },
    grid: { seed: Array.from({ length: runs }, (_, index) => index) },
  });
  return planRuns(study, process.cwd());
}

/** Steps of a fake training: what they take, and what happens at them. */
export interface FakeTraining {
  readonly steps?: number;
  readonly stepMs?: number;
  /** Called before each step, the first of which is 1; may throw. */
  readonly onStep?: (run: PlannedRun, step: number) => Promise<void> | void;
}

/** Writes settings and metrics as a training does, with scores that follow from the seed. */
export function fakeTrainer({ steps = 2, stepMs = 0, onStep }: FakeTraining = {}): StudyTrainer {
  return async (run, { folder, signal, onMetrics, forceUnlock = false }) => {
    const own = await createRun(folder, fakeConfig(run), { forceUnlock });
    try {
      for (let step = 1; step <= steps; step += 1) {
        await onStep?.(run, step);
        if (stepMs > 0) await delay(stepMs, undefined, { signal }).catch(() => {});
        if (signal.aborted) return { interrupted: true };
        const line = fakeLine(run, step, steps);
        await own.appendMetrics([line]);
        onMetrics(line);
      }
      return { interrupted: false };
    } finally {
      await own.dispose();
    }
  };
}

/** A worker's machine that has the data of fake studies, and trains as `fakeTrainer` does. */
export function fakeMachine(training: FakeTraining = {}): WorkerMachine {
  return { prepare: preparesFake, train: fakeTrainer(training) };
}

async function preparesFake(
  kind: QueueKind,
): Promise<{ readonly source: string } | { readonly obstacle: string }> {
  return kind.data.train.sha256 === FAKE_DATA.train.sha256
    ? { source: "synthetic" }
    : { obstacle: "it has other data" };
}

function fakeConfig(run: PlannedRun): RunConfig {
  const { architecture, backend, device, precision, threads, limit } = run;
  const recipe = { ...parseRecipe(builtinRecipe("d2l")), seed: run.recipe.seed };
  return {
    architecture,
    recipe: { ...recipe, preprocessing: { mean: [0], std: [1] } },
    data: {
      ...{ source: run.data, limit, classNames: ["0", "1"], image: architecture.input },
      ...{ train: FAKE_DATA.train, test: FAKE_DATA.test },
    },
    ...{ backend, device: device ?? "cpu", precision, threads },
    ...{ maxSteps: null, logEvery: 1, checkpointEvery: 1, evalLimit: null, versions: {} },
  };
}

function fakeLine({ recipe }: PlannedRun, step: number, steps: number): MetricsLine {
  const imagesPerSecond = 100;
  const elapsedMs = 10 * step;
  if (step < steps) {
    return { kind: "step", step, epoch: 1, loss: 2, learningRate: 0.1, imagesPerSecond, elapsedMs };
  }
  return {
    ...{ kind: "epoch", epoch: 1, step, trainLoss: 1, testLoss: 1 / (1 + recipe.seed) },
    ...{ testAccuracy: recipe.seed / 1000, testImages: 10, confusion: null, imagesPerSecond, elapsedMs },
  };
}
