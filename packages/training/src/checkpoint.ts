import type { TrainingState } from "@nin/backend";
import type { EpochMetrics } from "./metrics.js";

/** Where a run stands between two steps: all that its next step depends on, data and recipe aside. */
export interface Checkpoint {
  /** Step, parameters and optimizer state. */
  readonly state: TrainingState;
  readonly progress: Progress;
}

/** How far a run has come. */
export interface Progress {
  /** Epochs finished: trained and, where that is asked for, evaluated. */
  readonly epoch: number;
  /**
   * Steps done in the epoch under way. All of an epoch's when it is trained but its evaluation was
   * interrupted.
   */
  readonly position: number;
  /** Sum over the images of the epoch under way of the losses seen, in float64 in step order. */
  readonly lossSum: number;
  /** Images seen in the epoch under way. */
  readonly images: number;
  /** Time the run has taken, over all its interruptions. Units: milliseconds. */
  readonly elapsedMs: number;
  /** The finished epochs' metrics, in order. */
  readonly epochs: readonly EpochMetrics[];
}
