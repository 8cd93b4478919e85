import type { TrainingOptions, TrainingResult } from "./options.js";

/**
 * Trains a model: the recipe's epochs over the training images, an evaluation at each epoch's end.
 *
 * The losses are read from the device about once a second, before a checkpoint and at an epoch's
 * end, never at every step; which steps are logged depends on `logEvery` alone, so that two runs
 * of the same options record the same, times and rates aside.
 *
 * When `signal` aborts, the steps already handed to the device are finished, a checkpoint is saved
 * and the result says `interrupted`; nothing is thrown. An evaluation that was interrupted is done
 * again when the run is resumed.
 *
 * Throws: `DivergedError` at a loss or parameter that is not finite, before anything of it is
 * saved; `TrainingOptionError`; `SpecError` when the architecture has not one score per class; what
 * the model and the recorder throw.
 */
export async function trainModel(_options: TrainingOptions): Promise<TrainingResult> {
  throw new Error("not implemented");
}
