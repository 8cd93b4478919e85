import type { Model } from "@nin/backend";
import type { DatasetPair } from "@nin/data";
import type { Architecture, NamedTensors, Recipe } from "@nin/spec";
import type { Checkpoint, TrainingEnvironment } from "./checkpoint.js";
import type { TrainingEvent } from "./events.js";
import type { EpochMetrics, MetricsLine } from "./metrics.js";

/** Where a training's records go; a `Run` of `@nin/training/node` is one. */
export interface TrainingRecorder {
  /** Called with the lines of some steps, or of an epoch, in order. */
  appendMetrics(lines: readonly MetricsLine[]): Promise<void>;
  saveCheckpoint(checkpoint: Checkpoint): Promise<void>;
}

/** What `trainModel` needs. */
export interface TrainingOptions {
  /**
   * Compiled from `architecture`, with `imageFormat` of the data's format and the recipe's
   * preprocessing, and `maxBatch` of at least the recipe's `batchSize`.
   */
  readonly model: Model;
  readonly architecture: Architecture;
  /** The effective recipe, every override applied. */
  readonly recipe: Recipe;
  readonly data: DatasetPair;
  /** Ends the run after so many steps since its beginning; the schedule stays that of all epochs. */
  readonly maxSteps?: number;
  /** Steps that are a multiple of this are logged; 10 by default. */
  readonly logEvery?: number;
  /** A checkpoint after every step that is a multiple of this, and at each epoch's end; 200 by default. */
  readonly checkpointEvery?: number;
  /** Evaluations look at the first so many test images; all by default, 0 for none. */
  readonly evalLimit?: number;
  /** Continue from here; by default the run starts from `initialParameters`. */
  readonly resumeFrom?: Checkpoint;
  /** Versions of the software, stored in checkpoints together with the model's `realization`. */
  readonly environment?: TrainingEnvironment;
  /** Starts a new run from these instead of from the recipe's random weights. */
  readonly initialParameters?: NamedTensors;
  /**
   * Asked after each epoch whether the run is to end with it: early stopping. The run has then ended, and was not
   * interrupted; when it is resumed all the same, it goes on.
   */
  readonly stopAfter?: (epoch: EpochMetrics) => boolean;
  /** Interrupts the run: see `trainModel`. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainingEvent) => void;
  readonly recorder?: TrainingRecorder;
}

/** How a training ended. The model holds the trained parameters. */
export interface TrainingResult {
  /** Steps done since the run began. */
  readonly step: number;
  /** Why it ended: all epochs are done, `maxSteps` was reached, `stopAfter` said so, or the signal aborted. */
  readonly ended: "epochs" | "maxSteps" | "stopAfter" | "signal";
  /** Whether the signal ended it before its last step and evaluation: `ended` is `signal`. */
  readonly interrupted: boolean;
  /** The finished epochs of the whole run, those before a resume included. */
  readonly epochs: readonly EpochMetrics[];
  /** The newest loss; none when this call did no step. */
  readonly loss?: number;
  /** Time the run has taken, over all its interruptions. Units: milliseconds. */
  readonly elapsedMs: number;
}
