import type { EpochMetrics, StepMetrics, TrainingWarning } from "../record/metrics.js";

/** What `trainModel` reports while it runs. */
export type TrainingEvent =
  | EnvironmentChanged
  | TrainingStarted
  | TrainingProgress
  | StepMetrics
  | EvaluationProgress
  | EpochMetrics
  | TrainingWarning
  | CheckpointSaved;

/**
 * Reported before the start of a resumed training whose environment differs from that of its checkpoint: its results
 * may differ in their last bits from those of an uninterrupted run.
 */
export interface EnvironmentChanged {
  readonly kind: "environment";
  readonly differences: readonly EnvironmentDifference[];
}

/** What differs, with its earlier and current value: `threads`, `2`, `4`. */
export interface EnvironmentDifference {
  readonly name: string;
  readonly before: string;
  readonly now: string;
}

/** The first event of a training, apart from `EnvironmentChanged`. */
export interface TrainingStarted {
  readonly kind: "start";
  /** Steps done before: 0 for a new run. */
  readonly step: number;
  /** The step after which the training ends, unless it stops early: that of `maxSteps`, or of the last epoch. */
  readonly lastStep: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  /** The number of images evaluated after each epoch, those of the validation split included. */
  readonly evaluatedImages: number;
}

/** Reported about once a second with the newest loss read from the device. For a progress bar; not stored in files. */
export interface TrainingProgress {
  readonly kind: "progress";
  /** Steps done. */
  readonly step: number;
  /** The current epoch: the first is 1. */
  readonly epoch: number;
  /** The newest step's own mean loss. */
  readonly loss: number;
  /** Mean over the epoch's images so far. */
  readonly trainLoss: number;
  readonly learningRate: number;
  /** Over the steps since the last such event. */
  readonly imagesPerSecond: number;
}

/** Progress of the evaluation at the end of an epoch. */
export interface EvaluationProgress {
  readonly kind: "evaluation";
  readonly split: "validation" | "test";
  /** The number of images handed to the device so far. */
  readonly count: number;
  readonly totalCount: number;
}

/** A checkpoint was saved. */
export interface CheckpointSaved {
  readonly kind: "checkpoint";
  readonly step: number;
}
