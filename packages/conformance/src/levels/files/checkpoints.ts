import type { Model, TrainingSession } from "@nin/backend";
import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { checkEqual } from "../../check/check.js";
import { checkSameState } from "../../check/same-state.js";
import { checkRun } from "../../trajectory/check-run.js";
import { epochPlan } from "../../trajectory/epoch-plan.js";
import { expectedRun } from "../../trajectory/expected-run.js";
import { outcomeOf, type RunOutcome, runSteps } from "../../trajectory/outcome.js";
import type { RunPlan } from "../../trajectory/plan.js";
import { epochRun, type OptimizerName } from "../trajectory/runs.js";
import { withStore } from "./case-store.js";
import { readStateFiles, writeStateFiles } from "./state-files.js";

/** Amid the second epoch of 21 steps. */
const MOVED_AFTER = 10;
const EPOCHS = 3;

/** Who begins a run, and who ends it. */
const ROUTES = {
  "to-oracle": ["backend", "oracle"],
  "from-oracle": ["oracle", "backend"],
  "to-another-model": ["backend", "backend"],
} as const;

type Route = keyof typeof ROUTES;

/** A run that is begun in one place and ended in another. */
export function checkpointCases(): readonly ConformanceCase[] {
  const optimizers: readonly OptimizerName[] = ["sgd", "momentum", "adamw"];
  return optimizers.flatMap((optimizer) =>
    (Object.keys(ROUTES) as Route[]).map((route) => ({
      id: caseId("files", "checkpoint", route, { optimizer, steps: MOVED_AFTER }),
      plan: "a run moved in mid-training through safetensors files ends where an uninterrupted one does",
      source: "oracle, uninterrupted, within spreads",
      quick: optimizer !== "sgd",
      run: (context) => compareMovedRun(context, optimizer, route),
    })),
  );
}

async function compareMovedRun(context: CaseContext, optimizer: OptimizerName, route: Route): Promise<void> {
  const choice = { network: "linear-head", optimizer, epochs: EPOCHS } as const;
  const expected = await expectedRun(context, (draw) => epochPlan(epochRun(choice, draw)));
  const { plan, outcome, tolerance } = expected;
  const models: Model[] = [];
  for (const place of ROUTES[route]) {
    const compile = place === "oracle" ? context.oracle : context.compile;
    models.push(await compile(plan.architecture, plan.compile));
  }
  const [first, second] = models;
  if (first === undefined || second === undefined) return;
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
