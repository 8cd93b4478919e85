import type { EpochMetrics, StepMetrics } from "./metrics.js";

/** What `trainModel` reports while it runs. */
export type TrainingEvent =
  | EnvironmentChanged
  | TrainingStarted
  | TrainingProgress
  | StepMetrics
  | EvaluationProgress
  | EpochMetrics
  | CheckpointSaved;

/**
 * Before the start of a resumed training: it is computed otherwise than what was done before, so that it need not be
 * the same, bit for bit, as if it had not been stopped.
 */
export interface EnvironmentChanged {
  readonly kind: "environment";
  readonly differences: readonly EnvironmentDifference[];
}

/** What differs, and how it was and is: `threads`, `2`, `4`. */
export interface EnvironmentDifference {
  readonly name: string;
  readonly before: string;
  readonly now: string;
}

/** The first event of a training, but for `EnvironmentChanged`. */
export interface TrainingStarted {
  readonly kind: "start";
  /** Steps already done: 0 for a new run. */
  readonly step: number;
  /** The step after which the training ends: that of `maxSteps`, or of the last epoch. */
  readonly lastStep: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
}

/** About once a second: the newest loss read from the device. For a progress bar; not in the files. */
export interface TrainingProgress {
  readonly kind: "progress";
  /** Steps done. */
  readonly step: number;
  /** The epoch under way: the first is 1. */
  readonly epoch: number;
  /** The newest step's own mean loss. */
  readonly loss: number;
  /** Mean over the epoch's images so far. */
  readonly trainLoss: number;
  readonly learningRate: number;
  /** Over the steps since the last such event. */
  readonly imagesPerSecond: number;
}

/** An evaluation under way at an epoch's end. */
export interface EvaluationProgress {
  readonly kind: "evaluation";
  /** Images handed to the device. */
  readonly images: number;
  readonly totalImages: number;
}

/** A checkpoint was saved. */
export interface CheckpointSaved {
  readonly kind: "checkpoint";
  readonly step: number;
}
