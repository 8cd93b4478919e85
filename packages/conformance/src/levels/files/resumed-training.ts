import type { Model } from "@nin/backend";
import { type Checkpoint, type TrainingResult, trainModel } from "@nin/training";
import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { check, checkEqual, checkNumber } from "../../check/check.js";
import type { EpochRun } from "../../trajectory/epoch-plan.js";
import { expectedEpochs } from "../trajectory/expected-epochs.js";
import { withStore } from "./case-store.js";
import { readStateFiles, writeStateFiles } from "./state-files.js";

const STOPPED_AFTER = 9;

/** A training stopped on one backend and resumed on the other, through `trainModel`. */
export function resumedTrainings(): readonly ConformanceCase[] {
  return (["to-oracle", "from-oracle"] as const).map((route) => ({
    id: caseId("files", "resumed-training", route),
    plan: "a training stopped amid an epoch and resumed by the other has the epochs of one that was not stopped",
    source: "an uninterrupted training of the oracle, within spreads",
    quick: route === "from-oracle",
    run: (context) => compareResumed(context, route),
  }));
}

async function compareResumed(context: CaseContext, route: "to-oracle" | "from-oracle"): Promise<void> {
  const choice = { network: "linear-head", optimizer: "adamw", epochs: 2, evaluates: true } as const;
  const { run, plan, tolerance } = await expectedEpochs(context, choice);
  const compile = (isOracle: boolean): Promise<Model> =>
    (isOracle ? context.oracle : context.compile)(run.architecture, plan.compile);
  const whole = await train(await compile(true), run);
  const checkpoint = await stopped(context, await compile(route === "from-oracle"), run);
  const resumed = await train(await compile(route === "to-oracle"), run, checkpoint);
  checkEqual([resumed.step, resumed.epochs.length], [whole.step, whole.epochs.length], "steps and epochs");
  const allowed = Math.max(...tolerance.losses, ...tolerance.evaluations);
  for (const [index, epoch] of whole.epochs.entries()) {
    const actual = resumed.epochs[index];
    const what = `epoch ${epoch.epoch}`;
    checkNumber(actual?.trainLoss, epoch.trainLoss, `${what}: trainLoss`, allowed);
    checkNumber(actual?.testLoss ?? Number.NaN, epoch.testLoss ?? 0, `${what}: testLoss`, allowed);
    checkEqual(actual?.testAccuracy, epoch.testAccuracy, `${what}: testAccuracy`);
  }
}

function train(model: Model, run: EpochRun, resumeFrom?: Checkpoint): Promise<TrainingResult> {
  return trainModel({ model, ...run, ...(resumeFrom === undefined ? {} : { resumeFrom }) });
}

async function stopped({ host }: CaseContext, model: Model, run: EpochRun): Promise<Checkpoint> {
  const saved: Checkpoint[] = [];
  await trainModel({
    model,
    ...run,
    maxSteps: STOPPED_AFTER,
    recorder: {
      appendMetrics: async () => {},
      saveCheckpoint: async (checkpoint) => void saved.push(checkpoint),
    },
  });
  const last = saved.at(-1);
  check(last !== undefined, "checkpoints of a stopped training: expected one, got none");
  checkEqual(last.state.step, STOPPED_AFTER, "step of the checkpoint");
  return withStore(host, async (files) => {
    await writeStateFiles(files, last.state);
    return { state: await readStateFiles(files), progress: last.progress };
  });
}
