import type { Evaluation, Model, TrainingSession } from "@nin/backend";
import { entry, type NamedTensors, present, type Tensor } from "@nin/spec";
import { check, checkCount } from "../check/check.js";
import { checkNames, checkShape } from "../check/tensors.js";
import type { PlannedStep, RunPlan } from "./plan.js";

/** The results of a run, to be compared. */
export interface RunOutcome extends RunRecord {
  /** `update.<parameter>`, which is w_K - w_0, and the optimizer's own tensors. */
  readonly tensors: NamedTensors;
  /** Scores of the probe after the last step. */
  readonly logits: Tensor;
}

/** What a session reported while it trained. */
export interface RunRecord {
  /** The loss of each step, before its update. */
  readonly losses: readonly number[];
  /** The evaluation of each step that has one. */
  readonly evaluations: readonly Evaluation[];
}

/** Trains a model from the plan's parameters, or from others in their place. */
export async function runPlan(
  model: Model,
  plan: RunPlan,
  start: NamedTensors = plan.parameters,
): Promise<RunOutcome> {
  await model.writeParameters(start);
  const session = await model.train(plan.train);
  try {
    const record = await runSteps(session, plan.steps);
    return await outcomeOf(model, session, plan, record);
  } finally {
    await session.dispose();
  }
}

/** Runs steps and their evaluations; losses are read with each evaluation and at the end. */
export async function runSteps(session: TrainingSession, steps: readonly PlannedStep[]): Promise<RunRecord> {
  const losses: number[] = [];
  const evaluations: Evaluation[] = [];
  for (const { batch, learningRate, evaluate = [] } of steps) {
    await session.step(batch, { learningRate });
    if (evaluate.length === 0) continue;
    for (const evaluated of evaluate) await session.evaluate(evaluated);
    const metrics = await session.metrics();
    losses.push(...metrics.losses);
    evaluations.push(metrics.evaluation);
  }
  losses.push(...(await session.metrics()).losses);
  checkCount(losses, steps.length, `losses of ${steps.length} steps`);
  return { losses, evaluations };
}

/** Reads the results of a session that has done all steps of the plan. */
export async function outcomeOf(
  model: Model,
  session: TrainingSession,
  plan: RunPlan,
  record: RunRecord,
): Promise<RunOutcome> {
  const { step, parameters, optimizer } = await session.readState();
  const done = (plan.train.firstStep ?? 0) + plan.steps.length;
  check(step === done, `step of the state: expected ${done}, got ${step}`);
  const tensors = new Map([...updates(parameters, plan), ...optimizer]);
  return { ...record, tensors, logits: await model.predict(plan.probe) };
}

function updates(parameters: NamedTensors, plan: RunPlan): readonly (readonly [string, Tensor])[] {
  checkNames(parameters, plan.parameters, "parameters of the state");
  return [...parameters].map(([name, tensor]) => {
    const { shape, data } = entry(plan.parameters, name);
    checkShape(tensor, shape, `${name} of the state`);
    const moved = Float64Array.from(tensor.data, (value, i) => value - present(data[i]));
    return [`update.${name}`, { shape, data: moved }];
  });
}
