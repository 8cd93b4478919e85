import type { Model } from "@nin/backend";
import type { DatasetPair, ImageSource } from "@nin/data";
import type { Architecture, NamedTensors, Recipe } from "@nin/spec";
import type { BestEpoch, Checkpoint, TrainingEnvironment } from "../record/checkpoint.js";
import type { EpochMetrics, MetricsLine } from "../record/metrics.js";
import type { TrainingEvent } from "./events.js";

/** Stores what a training records. A `Run` of `@nin/training/node` is one. */
export interface TrainingRecorder {
  /** Called with the lines of one or more steps, or of an epoch, and of warnings between them, in order. */
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
  /**
   * Its training images include those that the recipe sets aside for validation. Images that are not in memory are read
   * ahead of the steps.
   */
  readonly data: DatasetPair<ImageSource>;
  /** Ends the run after this many steps since its start; the schedule stays that of all epochs. */
  readonly maxSteps?: number;
  /** Steps that are a multiple of this are logged; 10 by default. */
  readonly logEvery?: number;
  /** A checkpoint after every step that is a multiple of this, and at each epoch's end; 200 by default. */
  readonly checkpointEvery?: number;
  /** The number of test images used by each evaluation, the first ones; all by default, 0 for no evaluation. */
  readonly evalLimit?: number;
  /**
   * How often losses are read from the device when nothing else needs them; 1000 by default. Waiting for them costs a GPU
   * some of its speed. Units: milliseconds.
   */
  readonly readEveryMs?: number;
  /** The checkpoint to continue from; by default the run starts from `initialParameters`. */
  readonly resumeFrom?: Checkpoint;
  /** Versions of the software, stored in checkpoints together with the model's `realization`. */
  readonly environment?: TrainingEnvironment;
  /** The parameters that a new run starts from; by default random ones, by the recipe. */
  readonly initialParameters?: NamedTensors;
  /**
   * Called after each epoch; the run ends when it returns true. Such a run counts as ended, not as interrupted; when it
   * is resumed, it continues, unlike one that the recipe's early stopping ended.
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
  /**
   * Why it ended: all epochs are done, the recipe's early stopping ended it, `maxSteps` was reached, `stopAfter` returned
   * true, or the signal aborted.
   */
  readonly ended: "epochs" | "earlyStopping" | "maxSteps" | "stopAfter" | "signal";
  /** Whether the signal ended it before its last step and evaluation: `ended` is `signal`. */
  readonly interrupted: boolean;
  /** The finished epochs of the whole run, those before a resume included. */
  readonly epochs: readonly EpochMetrics[];
  /** The epoch whose checkpoint is kept as the best; missing without a validation split. */
  readonly best?: BestEpoch;
  /** The newest loss; missing when this call did no step. */
  readonly loss?: number;
  /** Time that the run has taken, without interruptions. Units: milliseconds. */
  readonly elapsedMs: number;
}
