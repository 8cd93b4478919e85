import type { Model } from "@nin/backend";
import type { DatasetPair } from "@nin/data";
import type { Architecture, Parameters } from "@nin/spec";
import type { Checkpoint } from "../checkpoint.js";
import type { TrainingEvent } from "../events.js";
import type { MetricsLine } from "../metrics.js";
import type { TrainingRecorder, TrainingResult } from "../options.js";
import type { DataRecord, RunConfig } from "./config.js";

/** A run folder opened for training; holds its lock until `dispose`. */
export interface Run extends TrainingRecorder, AsyncDisposable {
  /** Absolute. */
  readonly folder: string;
  readonly config: RunConfig;
  /** Where training continues; none in a new run, or one that was ended before its first checkpoint. */
  readonly resumeFrom?: Checkpoint;
  /** What the user should know: a damaged checkpoint that was passed over. */
  readonly warnings: readonly string[];
  /** Gives the lock back. Idempotent. */
  dispose(): Promise<void>;
}

/** A run folder opened for reading, while it is being trained or not. */
export interface RunReader {
  /** Absolute. */
  readonly folder: string;
  readonly config: RunConfig;
  /** The step `checkpoints/latest` names; none before the first checkpoint. */
  readonly latestStep?: number;
  /** Every whole line of `metrics.jsonl`; one that is being written is left out. */
  metrics(): Promise<readonly MetricsLine[]>;
}

/** Weights and where they came from. */
export interface LoadedWeights {
  /** The safetensors file. */
  readonly file: string;
  readonly parameters: Parameters;
  /** Of the run they belong to; none for a file, or a checkpoint folder that was moved out of its run. */
  readonly config?: RunConfig;
  /** Of the checkpoint; none for a file. */
  readonly step?: number;
  /** A damaged checkpoint that was passed over. */
  readonly warnings: readonly string[];
}

/** The `data` of a run's config: the images' and labels' hashes. `limit` is already applied to `pair.train`. */
export function describeData(_pair: DatasetPair, _source: string, _limit: number | null = null): DataRecord {
  throw new Error("not implemented");
}

/**
 * Makes a run folder, takes its lock and writes `config.json`. The folder may exist, without a run.
 *
 * Throws: `RunError` (`NIN_RUN_EXISTS`, `NIN_RUN_LOCKED`, `NIN_RUN_WRITE`); nothing is left then.
 */
export async function createRun(_folder: string, _config: RunConfig): Promise<Run> {
  throw new Error("not implemented");
}

/**
 * Opens a run to continue it: takes its lock, removes what an ended process left half-written,
 * loads the newest checkpoint and checks its hashes, and cuts `metrics.jsonl` back to it. A
 * damaged checkpoint is passed over for the other one that is kept, with a warning.
 *
 * Throws: `RunError` (`NIN_RUN_MISSING`, `NIN_RUN_LOCKED`, `NIN_RUN_MISMATCH` when `architecture`
 * is not the run's, `NIN_RUN_CORRUPT` when no checkpoint is whole, `NIN_RUN_WRITE`).
 */
export async function resumeRun(
  _folder: string,
  _options: { readonly architecture?: Architecture } = {},
): Promise<Run> {
  throw new Error("not implemented");
}

/** Opens a run to read it; needs no lock. Throws: `RunError` (`NIN_RUN_MISSING`, `NIN_RUN_CORRUPT`). */
export async function openRun(_folder: string): Promise<RunReader> {
  throw new Error("not implemented");
}

/** What `trainRun` needs beside the run. */
export interface TrainRunOptions {
  /** Compiled from `run.config.architecture`; see `TrainingOptions`. */
  readonly model: Model;
  /** The data of `run.config.data`, its limit applied. */
  readonly data: DatasetPair;
  readonly signal?: AbortSignal;
  readonly on?: (event: TrainingEvent) => void;
  /** Overrides the config's, for a resumed run that is to go on longer. */
  readonly maxSteps?: number;
}

/**
 * `trainModel` by a run's config, from where it stands, recording in its folder.
 *
 * Throws: as `trainModel`; `RunError` (`NIN_RUN_MISMATCH` when the data are not the run's,
 * `NIN_RUN_WRITE`).
 */
export async function trainRun(_run: Run, _options: TrainRunOptions): Promise<TrainingResult> {
  throw new Error("not implemented");
}

/**
 * Weights of a run folder (its newest whole checkpoint), a checkpoint folder, or a safetensors
 * file. A checkpoint's hash is checked; names and shapes are not: `writeParameters` does that.
 *
 * Throws: `RunError`; `SafetensorsError`.
 */
export async function loadWeightsFrom(_path: string): Promise<LoadedWeights> {
  throw new Error("not implemented");
}
