import { rm } from "node:fs/promises";
import { FieldReader, SpecError } from "@nin/spec";
import { createRun, openRun, parseMetricsLine, parseRunConfig, type RunConfig } from "@nin/training/node";
import type { PlannedRun } from "../plan/plan.js";
import { parseStudyRunResult, type StudyRunResult } from "../results/results.js";
import { measuredBy } from "../run/run-study.js";
import { QueueError } from "./errors.js";
import type { StudyJob, StudyJobData } from "./job.js";
import type { StoredResult } from "./job-leases.js";

/** What is stored of a run that came to its end. */
export type RunOutcome = Pick<
  StudyRunResult,
  "status" | "epochs" | "testAccuracy" | "testLoss" | "imagesPerSecond" | "elapsedMs" | "warnings" | "error"
>;

/** A run that came to its end, with its settings and metrics. */
export interface TrainedRun extends Pick<StoredResult, "config" | "metrics"> {
  readonly result: RunOutcome;
}

/** What is known of a run that failed before its first step. */
const NOTHING = {
  ...{ epochs: null, testAccuracy: null, testLoss: null, imagesPerSecond: null, elapsedMs: null },
  warnings: [],
} as const;

/**
 * Reads what is to be stored of a run from its folder.
 *
 * @param error - why it failed; null for one that was trained to its end
 * @throws `QueueError` where it was trained on other data than the job's
 */
export async function outcomeIn(
  folder: string,
  job: StudyJob,
  error: StudyRunResult["error"],
): Promise<TrainedRun> {
  const status = error === null ? "finished" : "failed";
  const run = await openRun(folder).catch(() => undefined);
  if (run === undefined) return { config: null, metrics: "", result: { ...NOTHING, status, error } };
  const lines = await run.metrics();
  if (!isTrainedOn(run.config, job.data)) {
    throw new QueueError(
      `${folder}: was trained on other data than the study's: the data set has changed since this worker was started`,
    );
  }
  // Where the data are on this machine is nobody else's business.
  const data = { ...run.config.data, source: job.data.name };
  return {
    config: JSON.stringify({ format: "nin-run", version: 1, ...run.config, data }),
    metrics: lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
    result: { ...(lines.length === 0 ? NOTHING : measuredBy(lines)), status, error },
  };
}

/**
 * Writes what is stored of a run into its folder, which then has settings and metrics, as if it had been trained there,
 * but no checkpoints.
 *
 * @param data - the data that it should have been trained on
 * @throws `QueueError` for a row that is not what a worker stores, or is of other data
 */
export async function collected(
  run: PlannedRun,
  { attempts, worker, result, config, metrics }: StoredResult,
  folder: string,
  data: StudyJobData,
): Promise<StudyRunResult> {
  try {
    const { id, settings, parameters, macs } = run;
    const known = { id, settings, attempts, worker, parameters, macs };
    const parsed = parseStudyRunResult(new FieldReader({ ...(result as object), ...known }, "result"));
    if (config !== null) {
      const parsedConfig = parseRunConfig(config, `the settings of run ${id}`);
      if (!isTrainedOn(parsedConfig, data)) {
        throw new QueueError(
          `run ${id} has a result in the database already, of other data: give the study another name`,
        );
      }
      const lines = metrics.split("\n").flatMap((line) => parseMetricsLine(line) ?? []);
      // One that was begun here before.
      await rm(folder, { recursive: true, force: true });
      const written = await createRun(folder, parsedConfig);
      try {
        await written.appendMetrics(lines);
      } finally {
        await written.dispose();
      }
    }
    return parsed;
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (!(error instanceof SpecError) && code !== "NIN_RUN_CORRUPT") throw error;
    throw new QueueError(
      `the result of run ${run.id} in the database is not one of a worker: ${String(message)}`,
    );
  }
}

function isTrainedOn({ data: { train, test } }: RunConfig, expected: StudyJobData): boolean {
  return train.sha256 === expected.train.sha256 && test.sha256 === expected.test.sha256;
}
