import type { TrainingSession } from "@nin/backend";
import { type ImageSource, isInMemory } from "@nin/data";
import { initialParameters } from "@nin/spec";
import type { TrainingEnvironment } from "../record/checkpoint.js";
import type { EnvironmentDifference } from "./events.js";
import type { TrainingOptions, TrainingResult } from "./options.js";
import { planTraining } from "./plan.js";
import { splitValidation } from "./split.js";
import { TrainingLoop } from "./training-loop.js";

/**
 * Trains a model for the recipe's epochs, with an evaluation at the end of each: on the test images, and on those that
 * the recipe sets aside for validation, by which the plateau schedule, early stopping and the best checkpoint are decided.
 *
 * Losses are read from the device about once a second, before a checkpoint and at the end of an epoch, not at every
 * step. Which steps are logged depends on `logEvery` alone, so that two runs with the same options record the same
 * lines, apart from times and rates.
 *
 * When `signal` aborts, the steps already handed to the device are finished, a checkpoint is saved and the result says
 * `interrupted`; nothing is thrown. An evaluation that was interrupted is repeated when the run is resumed.
 *
 * @throws DivergedError when a loss or a parameter is not finite; nothing of that state is saved
 * @throws TrainingOptionError for an invalid option
 * @throws SpecError when the network does not have a score for each class, or the validation split would be empty
 * @throws what the model and the recorder throw
 *
 * @example
 * ```ts
 * const data = syntheticDataset({ size: 28, train: 2000, test: 500 });
 * const { channels, height, width } = data.train;
 * const model = await backend.compile(architecture, {
 *   maxBatch: recipe.batchSize,
 *   imageFormat: { channels, height, width, preprocessing: recipe.preprocessing },
 * });
 * const result = await trainModel({ model, architecture, recipe, data });
 * console.log(result.epochs.at(-1)?.testAccuracy);
 * ```
 */
export async function trainModel(options: TrainingOptions): Promise<TrainingResult> {
  const { train, validation } = splitValidation(options.data.train, options.recipe);
  const plan = planTraining(options, train.count);
  const data = { train, test: options.data.test, ...(validation && { validation }) };
  const session = await openSession(options, train);
  try {
    // Not before the session is open: some backends choose their kernels then.
    const environment = { ...options.environment, ...options.model.realization?.() };
    const before = options.resumeFrom?.environment;
    const differences = before === undefined ? [] : environmentDifferences(before, environment);
    if (differences.length > 0) options.onEvent?.({ kind: "environment", differences });
    return await new TrainingLoop(session, plan, data, { ...options, environment }).run();
  } finally {
    await session.dispose();
  }
}

async function openSession(options: TrainingOptions, train: ImageSource): Promise<TrainingSession> {
  const { model, architecture, recipe, resumeFrom } = options;
  const { optimizer, init, seed, augmentation } = recipe;
  if (resumeFrom === undefined) {
    await model.writeParameters(options.initialParameters ?? initialParameters(architecture, init, seed));
  }
  const session = await model.train({
    optimizer,
    seed,
    firstStep: resumeFrom?.state.step ?? 0,
    // What is not in memory comes in batches that are augmented already.
    ...(isInMemory(train) && {
      dataset: { images: train.images, labels: train.labels },
      ...(augmentation && { augmentation }),
    }),
  });
  try {
    if (resumeFrom !== undefined) await session.writeState(resumeFrom.state);
    return session;
  } catch (error) {
    await session.dispose();
    throw error;
  }
}

/** The entries that both environments have and that differ. */
function environmentDifferences(
  before: TrainingEnvironment,
  now: TrainingEnvironment,
): readonly EnvironmentDifference[] {
  return Object.entries(before).flatMap(([name, was]) => {
    const is = Object.hasOwn(now, name) ? now[name] : undefined;
    return is === undefined || is === was ? [] : [{ name, before: was, now: is }];
  });
}
