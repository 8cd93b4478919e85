import type { Model } from "@nin/backend";
import type { DatasetPair } from "@nin/data";
import type { TrainingEvent } from "../events.js";
import type { TrainingOptions, TrainingResult } from "../options.js";
import { trainModel } from "../train-model.js";
import { describeData } from "./describe-data.js";
import { RunError } from "./errors.js";
import type { Run } from "./run.js";

/** What `trainRun` needs in addition to the run. */
export interface TrainRunOptions {
  /** Compiled from `run.config.architecture`; see `TrainingOptions`. */
  readonly model: Model;
  /** The data of `run.config.data`, its limit applied. */
  readonly data: DatasetPair;
  readonly stopAfter?: NonNullable<TrainingOptions["stopAfter"]>;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainingEvent) => void;
  /** Overrides the config's, for a resumed run that is to go on longer. */
  readonly maxSteps?: number;
  /** Of the software now, as in `RunConfig`; those of the run's start by default. */
  readonly versions?: Readonly<Record<string, string>>;
}

/**
 * `trainModel` by a run's config, from where it stands, recording in its folder.
 *
 * Throws: as `trainModel`; `RunError` (`NIN_RUN_MISMATCH` when the data are not the run's,
 * `NIN_RUN_WRITE`).
 */
export async function trainRun(run: Run, options: TrainRunOptions): Promise<TrainingResult> {
  requireSameData(run, options.data);
  const { architecture, recipe, logEvery, checkpointEvery, evalLimit } = run.config;
  const { maxSteps = run.config.maxSteps, versions = run.config.versions, ...given } = options;
  const { resumeFrom } = run;
  const training: TrainingOptions = {
    ...given,
    architecture,
    recipe,
    logEvery,
    checkpointEvery,
    recorder: run,
    environment: versions,
    ...(maxSteps === null ? {} : { maxSteps }),
    ...(evalLimit === null ? {} : { evalLimit }),
    // A checkpoint of an earlier version does not say where it was computed; the run says where it was begun.
    ...(resumeFrom === undefined ? {} : { resumeFrom: { environment: run.config.versions, ...resumeFrom } }),
  };
  return trainModel(training);
}

/**
 * Whether a run's data are the ones given; `from` says where they were loaded from.
 *
 * Throws: `RunError` (`NIN_RUN_MISMATCH`).
 */
export function requireSameData(run: Pick<Run, "config" | "folder">, pair: DatasetPair, from?: string): void {
  const { source: begun, limit, ...expected } = run.config.data;
  const source = from ?? begun;
  const given = describeData(pair, source, limit);
  for (const split of ["train", "test"] as const) {
    if (given[split].sha256 === expected[split].sha256) continue;
    const was = `${imagesText(expected[split].count)} of SHA-256 ${expected[split].sha256.slice(0, 12)}`;
    const is = `${given[split].count} of ${given[split].sha256.slice(0, 12)}`;
    const problem = `the ${split} data of ${source} are not those the run began with: expected ${was}, got ${is}`;
    throw new RunError("NIN_RUN_MISMATCH", run.folder, problem);
  }
}

function imagesText(count: number): string {
  return count === 1 ? "1 image" : `${count} images`;
}
