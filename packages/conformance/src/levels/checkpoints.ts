import type { Model, TrainingSession, TrainingState } from "@nin/backend";
import { floatTensors, parseSafetensors, serializeSafetensors } from "@nin/safetensors";
import { at, present } from "@nin/spec";
import { type Checkpoint, type TrainingResult, trainModel } from "@nin/training";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { type CaseFiles, withStore } from "../case/host.js";
import { check, checkEqual, checkNumber } from "../check/check.js";
import { checkSameState } from "../check/tensors.js";
import { checkRun } from "../trajectory/compare-run.js";
import { expectedRun } from "../trajectory/expected-run.js";
import { outcomeOf, type RunOutcome, runSteps } from "../trajectory/outcome.js";
import { type EpochRun, epochPlan, type RunPlan } from "../trajectory/plan.js";
import { epochRun, expectedEpochs, type OptimizerName } from "./training-runs.js";

/** In the middle of the second epoch; the run has 21 steps. */
const MOVED_AFTER = 10;
const EPOCHS = 3;

/** Where a run begins, and where it ends. */
const ROUTES = {
  "to-oracle": ["backend", "oracle"],
  "from-oracle": ["oracle", "backend"],
  "to-another-model": ["backend", "backend"],
} as const;

type Route = keyof typeof ROUTES;

/** Runs that begin on one model and end on another. */
export function checkpointCases(): readonly ConformanceCase[] {
  const optimizers: readonly OptimizerName[] = ["sgd", "momentum", "adamw"];
  return optimizers.flatMap((optimizer) =>
    (Object.keys(ROUTES) as Route[]).map((route) => ({
      id: caseId("files", "checkpoint", route, { optimizer, steps: MOVED_AFTER }),
      plan: "a run that is moved through safetensors files in the middle of training ends where an uninterrupted one does",
      source: "the oracle's uninterrupted run, within spreads",
      quick: optimizer !== "sgd",
      run: (context) => compareMovedRun(context, optimizer, route),
    })),
  );
}

async function compareMovedRun(context: CaseContext, optimizer: OptimizerName, route: Route): Promise<void> {
  const choice = { network: "linear-head", optimizer, epochs: EPOCHS } as const;
  const expected = await expectedRun(context, (sample) => epochPlan(epochRun(choice, sample)));
  const { plan, outcome, tolerance } = expected;
  const compile = (place: "oracle" | "backend"): Promise<Model> =>
    (place === "oracle" ? context.oracle : context.compile)(plan.architecture, plan.compile);
  const [begin, end] = ROUTES[route];
  const [first, second] = [await compile(begin), await compile(end)];
  checkRun(await movedRun(context, plan, first, second), outcome, tolerance);
}

async function movedRun(
  context: CaseContext,
  plan: RunPlan,
  first: Model,
  second: Model,
): Promise<RunOutcome> {
  await first.writeParameters(plan.parameters);
  const begun = await first.train(plan.train);
  const before = await runSteps(begun, plan.steps.slice(0, MOVED_AFTER));
  const continued = await second.train({ ...plan.train, firstStep: MOVED_AFTER });
  await move(context, begun, continued);
  await begun.dispose();
  const after = await runSteps(continued, plan.steps.slice(MOVED_AFTER));
  const record = { losses: [...before.losses, ...after.losses], evaluations: [] };
  return outcomeOf(second, continued, plan, record);
}

async function move({ host }: CaseContext, from: TrainingSession, to: TrainingSession): Promise<void> {
  const state = await from.readState();
  checkEqual(state.step, MOVED_AFTER, "step of the state that is moved");
  await withStore(host, async (files) => {
    await writeStateFiles(files, state);
    const read = await readStateFiles(files);
    checkSameState(read, state, "state read from the files");
    await to.writeState(read);
  });
}

const STOPPED_AFTER = 9;

/** Training that stops on one backend and resumes on another, through `trainModel`. */
export function resumedTrainings(): readonly ConformanceCase[] {
  return (["to-oracle", "from-oracle"] as const).map((route) => ({
    id: caseId("files", "resumed-training", route),
    plan: "training that stops in the middle of an epoch and resumes on the other backend has the epochs of uninterrupted training",
    source: "uninterrupted training of the oracle, within spreads",
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
    const actual = at(resumed.epochs, index);
    const what = `epoch ${epoch.epoch}`;
    checkNumber(actual.trainLoss, epoch.trainLoss, `${what}: trainLoss`, allowed);
    checkNumber(present(actual.testLoss), present(epoch.testLoss), `${what}: testLoss`, allowed);
    checkEqual(actual.testAccuracy, present(epoch.testAccuracy), `${what}: testAccuracy`);
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
  const last = at(saved, -1);
  checkEqual(last.state.step, STOPPED_AFTER, "step of the checkpoint");
  return withStore(host, async (files) => {
    await writeStateFiles(files, last.state);
    return { state: await readStateFiles(files), progress: last.progress };
  });
}

const WEIGHTS = "weights.safetensors";
const OPTIMIZER = "optimizer.safetensors";

/** Writes a session's state in the files of a checkpoint. The file of the weights is an ordinary one. */
async function writeStateFiles(
  files: CaseFiles,
  { step, parameters, optimizer }: TrainingState,
): Promise<void> {
  await files.write(WEIGHTS, serializeSafetensors(parameters));
  await files.write(OPTIMIZER, serializeSafetensors(optimizer, new Map([["step", `${step}`]])));
}

/** Reads the state again. */
async function readStateFiles(files: CaseFiles): Promise<TrainingState> {
  const weights = parseSafetensors(await files.read(WEIGHTS), WEIGHTS);
  const optimizer = parseSafetensors(await files.read(OPTIMIZER), OPTIMIZER);
  const step = Number(optimizer.metadata.get("step"));
  check(Number.isSafeInteger(step), `step in ${OPTIMIZER}: expected a whole number, got ${step}`);
  return { step, parameters: floatTensors(weights, WEIGHTS), optimizer: floatTensors(optimizer, OPTIMIZER) };
}
