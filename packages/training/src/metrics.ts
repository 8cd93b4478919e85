/** A line of `metrics.jsonl`. */
export type MetricsLine = StepMetrics | EpochMetrics;

/** A logged step. */
export interface StepMetrics {
  readonly kind: "step";
  /** Steps done in the run, this one included: the first is 1. */
  readonly step: number;
  /** The epoch it belongs to: the first is 1. */
  readonly epoch: number;
  /** The step's own mean loss, dropout on, before its update. */
  readonly loss: number;
  /** The rate it was done at, rounded to float32. */
  readonly learningRate: number;
  /** Over the steps since losses were last read from the device. */
  readonly imagesPerSecond: number;
  /** Time the run has taken so far. Units: milliseconds. */
  readonly elapsedMs: number;
}

/** A finished epoch. */
export interface EpochMetrics {
  readonly kind: "epoch";
  /** Epochs finished, this one included: the first is 1. */
  readonly epoch: number;
  /** Steps done in the run. */
  readonly step: number;
  /** Mean over the epoch's images of the losses seen while training, dropout on. */
  readonly trainLoss: number;
  /** Mean loss over the test images; null where nothing was evaluated. */
  readonly testLoss: number | null;
  /** Fraction of the test images whose label is the first maximum; null where nothing was evaluated. */
  readonly testAccuracy: number | null;
  /** Test images evaluated. */
  readonly testImages: number;
  /** Rows are labels, columns predictions; null where nothing was evaluated or there are over 100 classes. */
  readonly confusion: readonly (readonly number[])[] | null;
  /** Over the epoch's training steps, without evaluation and checkpoints. */
  readonly imagesPerSecond: number;
  /** Time the run has taken so far. Units: milliseconds. */
  readonly elapsedMs: number;
}
