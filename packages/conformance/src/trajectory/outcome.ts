import type { Model, TrainingSession, TrainingState } from "@nin/backend";
import type { Parameters, Tensor } from "@nin/spec";
import { check } from "../check/check.js";
import type { RunPlan } from "./plan.js";

/** What a run left behind, to be compared. */
export interface RunOutcome {
  /** Of each step, before its update. */
  readonly losses: readonly number[];
  /** `update.<parameter>`, which is w_K - w_0, and the optimizer's own tensors. */
  readonly tensors: Parameters;
  /** Scores of the probe after the last step. */
  readonly logits: Tensor;
}

/** Trains a model from the plan's parameters, or from others that stand for them. */
export async function runPlan(
  model: Model,
  plan: RunPlan,
  start: Parameters = plan.parameters,
): Promise<RunOutcome> {
  await model.writeParameters(start);
  const session = await model.train(plan.train);
  try {
    for (const { batch, learningRate } of plan.steps) await session.step(batch, { learningRate });
    return await outcomeOf(model, session, plan);
  } finally {
    await session.dispose();
  }
}

/** Reads what a session has come to, all steps of the plan done. Throws: `ConformanceFailure` for a loss too few. */
export async function outcomeOf(
  model: Model,
  session: TrainingSession,
  plan: RunPlan,
  earlierLosses: readonly number[] = [],
): Promise<RunOutcome> {
  const { losses } = await session.metrics();
  const all = [...earlierLosses, ...losses];
  check(
    all.length === plan.steps.length,
    `losses: expected one for each of ${plan.steps.length} steps, got ${all.length}`,
  );
  const state = await session.readState();
  const done = (plan.train.firstStep ?? 0) + plan.steps.length;
  check(state.step === done, `step of the state: expected ${done}, got ${state.step}`);
  return { losses: all, tensors: comparedTensors(state, plan), logits: await model.predict(plan.probe) };
}

function comparedTensors({ parameters, optimizer }: TrainingState, plan: RunPlan): Parameters {
  const updates = [...parameters].map(([name, { shape, data }]): [string, Tensor] => {
    const start = plan.parameters.get(name)?.data ?? new Float32Array();
    const moved = Float64Array.from(data, (value, i) => value - (start[i] ?? Number.NaN));
    return [`update.${name}`, { shape, data: moved }];
  });
  return new Map([...updates, ...optimizer]);
}
