import type { TrainingState } from "@nin/backend";
import type { EpochMetrics } from "./metrics.js";

/** Where a run stands between two steps: all that its next step depends on, data and recipe aside. */
export interface Checkpoint {
  /** Step, parameters and optimizer state. */
  readonly state: TrainingState;
  readonly progress: Progress;
  /** Where it was computed; none in one of an earlier version. */
  readonly environment?: TrainingEnvironment;
}

/**
 * What a training's numbers depend on besides architecture, recipe, data and device: versions, threads, the kernels
 * that were chosen. By name, for a person, and to be compared: where something differs a resumed run is not the
 * same bit for bit.
 */
export type TrainingEnvironment = Readonly<Record<string, string>>;

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
