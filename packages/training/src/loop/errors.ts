import { NinError } from "@nin/backend";

/** Training produced a value that is not finite. Earlier checkpoints are kept. */
export class DivergedError extends NinError {
  constructor(
    /** The step, counted from 1. */
    readonly step: number,
    /** What was not finite: `the loss of step 12 is NaN`. */
    what: string,
    /** The step of the newest checkpoint; `undefined` when there is none. */
    readonly lastCheckpoint: number | undefined,
  ) {
    const kept =
      lastCheckpoint === undefined
        ? "no checkpoint had been saved yet"
        : `the checkpoint of step ${lastCheckpoint} is kept`;
    super(
      "NIN_DIVERGED",
      `training stopped: ${what}, expected a finite number; ${kept}. Try a lower learning rate or another seed`,
    );
  }
}

/** An option of `trainModel` or `evaluateModel` is invalid. */
export class TrainingOptionError extends NinError {
  constructor(option: string, expected: string, given: string) {
    super("NIN_TRAINING_OPTION", `${option}: expected ${expected}, got ${given}`);
  }
}
