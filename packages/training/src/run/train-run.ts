import type { Model } from "@nin/backend";
import type { DatasetPair, ImageSource } from "@nin/data";
import type { TrainingEvent } from "../loop/events.js";
import type { TrainingOptions, TrainingResult } from "../loop/options.js";
import { trainModel } from "../loop/train-model.js";
import { RunError } from "../record/run-error.js";
import { describeData } from "./describe-data.js";
import type { Run } from "./run.js";

/** What `trainRun` needs in addition to the run. */
export interface TrainRunOptions {
  /** Compiled from `run.config.architecture`; see `TrainingOptions`. */
  readonly model: Model;
  /** The data of `run.config.data`, its limit applied. */
  readonly data: DatasetPair<ImageSource>;
  /**
   * Whether the data are known to be those of the run, as where its config has just been made of them. Otherwise they are
   * hashed and compared, which takes a second for each gigabyte.
   */
  readonly isSameData?: boolean;
  /** The parameters that a new run starts from, saved at once as the checkpoint of step 0; see `RunConfig.startedFrom`. */
  readonly initialParameters?: NonNullable<TrainingOptions["initialParameters"]>;
  readonly stopAfter?: NonNullable<TrainingOptions["stopAfter"]>;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainingEvent) => void;
  /** Overrides that of the config, for a resumed run that is to continue for longer. */
  readonly maxSteps?: number;
  /** The current versions of the software, as in `RunConfig`; by default those at the start of the run. */
  readonly versions?: Readonly<Record<string, string>>;
}

/**
 * Trains a run with `trainModel`: with the settings of its config, from its newest checkpoint, recording in its folder.
 *
 * @throws RunError (`NIN_RUN_MISMATCH` when the data are not the run's, `NIN_RUN_WRITE`)
 * @throws what `trainModel` throws
 *
 * @example
 * ```ts
 * await using run = await resumeRun("runs/2026-01-01");
 * const result = await trainRun(run, { model, data });
 * ```
 */
export async function trainRun(run: Run, options: TrainRunOptions): Promise<TrainingResult> {
  const { isSameData = false, ...others } = options;
  if (!isSameData) await requireSameData(run, options.data);
  const { architecture, recipe, logEvery, checkpointEvery, evalLimit } = run.config;
  const { maxSteps = run.config.maxSteps, versions = run.config.versions, ...given } = others;
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
    // A checkpoint of an earlier version has no environment; the run has that of its start.
    ...(resumeFrom === undefined ? {} : { resumeFrom: { environment: run.config.versions, ...resumeFrom } }),
  };
  return trainModel(training);
}

/**
 * Checks that the given data are those of a run.
 *
 * @param from where they were loaded from; by default where the run's were
 * @throws RunError (`NIN_RUN_MISMATCH`)
 * @throws DataError when a file of the data cannot be read
 */
export async function requireSameData(
  run: Pick<Run, "config" | "folder">,
  pair: DatasetPair<ImageSource>,
  from?: string,
): Promise<void> {
  const { source: ownSource, limit, ...expected } = run.config.data;
  const source = from ?? ownSource;
  const given = await describeData(pair, source, limit);
  for (const split of ["train", "test"] as const) {
    if (given[split].sha256 === expected[split].sha256) continue;
    const was = `${imagesText(expected[split].count)} of SHA-256 ${expected[split].sha256.slice(0, 12)}`;
    const is = `${given[split].count} of ${given[split].sha256.slice(0, 12)}`;
    const problem = `the ${split} data of ${source} are not those that the run started with: expected ${was}, got ${is}`;
    throw new RunError("NIN_RUN_MISMATCH", run.folder, problem);
  }
}

function imagesText(count: number): string {
  return count === 1 ? "1 image" : `${count} images`;
}
