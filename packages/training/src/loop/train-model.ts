import type { TrainingSession } from "@nin/backend";
import { initialParameters } from "@nin/spec";
import { environmentDifferences } from "../record/environment.js";
import type { TrainingOptions, TrainingResult } from "./options.js";
import { planTraining } from "./plan.js";
import { TrainingLoop } from "./training-loop.js";

/**
 * Trains a model: the recipe's epochs over the training images, an evaluation at each epoch's end.
 *
 * The losses are read from the device about once a second, before a checkpoint and at an epoch's
 * end, never at every step; which steps are logged depends on `logEvery` alone, so that two runs
 * of the same options record the same, times and rates aside.
 *
 * `stopAfter` is for a run that is to end early, as it is good enough. When `signal` aborts, the steps already handed to the device are finished, a checkpoint is saved
 * and the result says `interrupted`; nothing is thrown. An evaluation that was interrupted is done
 * again when the run is resumed.
 *
 * Throws: `DivergedError` at a loss or parameter that is not finite, before anything of it is
 * saved; `TrainingOptionError`; `SpecError` when the architecture has not one score per class; what
 * the model and the recorder throw.
 */
export async function trainModel(options: TrainingOptions): Promise<TrainingResult> {
  const plan = planTraining(options);
  const session = await openSession(options);
  try {
    // Not before the session is open: some backends choose their kernels then.
    const environment = { ...options.environment, ...options.model.realization?.() };
    const { environment: before = {} } = options.resumeFrom ?? {};
    const differences = environmentDifferences(before, environment);
    if (differences.length > 0) options.onEvent?.({ kind: "environment", differences });
    return await new TrainingLoop(session, plan, { ...options, environment }).run();
  } finally {
    await session.dispose();
  }
}

async function openSession(options: TrainingOptions): Promise<TrainingSession> {
  const { model, architecture, recipe, data, resumeFrom } = options;
  const { optimizer, init, seed } = recipe;
  if (resumeFrom === undefined) {
    await model.writeParameters(options.initialParameters ?? initialParameters(architecture, init, seed));
  }
  const session = await model.train({
    optimizer,
    seed,
    firstStep: resumeFrom?.state.step ?? 0,
    dataset: { images: data.train.images, labels: data.train.labels },
  });
  try {
    if (resumeFrom !== undefined) await session.writeState(resumeFrom.state);
    return session;
  } catch (error) {
    await session.dispose();
    throw error;
  }
}
