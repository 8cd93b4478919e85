import { basename, dirname, join, resolve } from "node:path";
import { realFileSystem } from "@nin/files";
import { floatTensors } from "@nin/safetensors";
import { readSafetensors } from "@nin/safetensors/node";
import type { NamedTensors } from "@nin/spec";
import { requireSameConfig, STATE } from "../record/checkpoint-files.js";
import { CONFIG, type RunConfig } from "../record/config.js";
import type { MetricsLine } from "../record/metrics.js";
import { RunError } from "../record/run-error.js";
import { readState, readWeights } from "./checkpoint-files.js";
import { CheckpointStore, type FoundCheckpoint } from "./checkpoint-store.js";
import { readConfig } from "./config.js";
import { reading } from "./errors.js";
import { MetricsFile } from "./metrics-file.js";
import { textOf } from "./run-files.js";

/** A run folder opened for reading, whether or not it is being trained. */
export interface RunReader {
  /** Absolute. */
  readonly folder: string;
  readonly config: RunConfig;
  /** The step that `checkpoints/latest` names; missing before the first checkpoint. */
  readonly latestStep?: number;
  /** The step that `checkpoints/best` names; missing without a validation split, and before its first evaluation. */
  readonly bestStep?: number;
  /** Every complete line of `metrics.jsonl`, without one that is being written. */
  metrics(): Promise<readonly MetricsLine[]>;
}

/** Which checkpoint of a run: the newest, the one of the best epoch by its validation split, or that of a step. */
export type CheckpointChoice = "latest" | "best" | number;

export interface LoadWeightsOptions {
  /** Of a run folder; `latest` by default. */
  readonly checkpoint?: CheckpointChoice;
}

/** Weights and their origin. */
export interface LoadedWeights {
  /** The safetensors file. */
  readonly file: string;
  readonly parameters: NamedTensors;
  /** The settings of their run; missing for a file, and for a checkpoint folder that was moved out of its run. */
  readonly config?: RunConfig;
  /** The step of their checkpoint; missing for a file. */
  readonly step?: number;
  /** Messages about damaged checkpoints that were skipped. */
  readonly warnings: readonly string[];
}

/**
 * Opens a run for reading. This needs no lock.
 *
 * @throws RunError (`NIN_RUN_MISSING`, `NIN_RUN_CORRUPT`)
 *
 * @example
 * ```ts
 * const run = await openRun("runs/2026-01-01");
 * for (const line of await run.metrics()) console.log(line);
 * ```
 */
export async function openRun(folder: string): Promise<RunReader> {
  const path = resolve(folder);
  const loaded = await readConfig(realFileSystem, path);
  const store = new CheckpointStore(realFileSystem, join(path, "checkpoints"), loaded);
  const latestStep = await store.namedStep("latest");
  const bestStep = await store.namedStep("best");
  return {
    folder: path,
    config: loaded.config,
    ...(latestStep === undefined ? {} : { latestStep }),
    ...(bestStep === undefined ? {} : { bestStep }),
    metrics: () => new MetricsFile(realFileSystem, join(path, "metrics.jsonl")).read(),
  };
}

/**
 * Loads the weights of a run folder (by default its newest complete checkpoint), a checkpoint folder, or a safetensors
 * file. The hash of a checkpoint is checked; names and shapes are checked by `writeParameters`.
 *
 * @throws RunError, also for a checkpoint that the run does not have
 * @throws SafetensorsError
 */
export async function loadWeightsFrom(
  path: string,
  { checkpoint }: LoadWeightsOptions = {},
): Promise<LoadedWeights> {
  const full = resolve(path);
  const info = await reading(full, () => realFileSystem.stat(full));
  const isRun = info.isDirectory() && (await textOf(realFileSystem, join(full, CONFIG))) !== undefined;
  if (checkpoint !== undefined && !isRun) {
    const problem = `expected the folder of a run, of which ${shownChoice(checkpoint)} is to be chosen`;
    throw new RunError("NIN_RUN_MISSING", full, problem);
  }
  if (!info.isDirectory()) {
    const parameters = floatTensors(await readSafetensors(full), full);
    return { file: full, parameters, warnings: [] };
  }
  if (isRun) return loadRunWeights(full, checkpoint);
  if ((await textOf(realFileSystem, join(full, STATE))) !== undefined) return loadCheckpointWeights(full);
  throw new RunError("NIN_RUN_MISSING", full, "expected the folder of a run or of a checkpoint");
}

async function loadRunWeights(folder: string, choice: CheckpointChoice = "latest"): Promise<LoadedWeights> {
  const loaded = await readConfig(realFileSystem, folder);
  const store = new CheckpointStore(realFileSystem, join(folder, "checkpoints"), loaded);
  const { checkpoint, warnings } = await reading(folder, () =>
    choice === "latest" ? store.find() : chosenCheckpoint(folder, store, choice),
  );
  if (checkpoint === undefined) {
    throw new RunError("NIN_RUN_MISSING", folder, "the run has no checkpoint yet");
  }
  const { step, parameters } = checkpoint.state;
  const file = join(folder, "checkpoints", `${step}`, "weights.safetensors");
  return { file, parameters, config: loaded.config, step, warnings };
}

/** @throws RunError (`NIN_RUN_MISSING`) when there is none; `NIN_RUN_CORRUPT` */
async function chosenCheckpoint(
  folder: string,
  store: CheckpointStore,
  choice: "best" | number,
): Promise<FoundCheckpoint> {
  const step = choice === "best" ? await store.namedStep("best") : choice;
  const checkpoint = step === undefined ? undefined : await store.read(step);
  if (checkpoint !== undefined) return { checkpoint, warnings: [] };
  const steps = (await store.steps()).toReversed();
  const has = steps.length === 0 ? "no checkpoint yet" : `those of steps ${steps.join(", ")}`;
  const why =
    choice === "best" && step === undefined
      ? "no best checkpoint: it is chosen by the validation split, after the first epoch"
      : `no ${shownChoice(choice)}`;
  throw new RunError("NIN_RUN_MISSING", folder, `the run has ${why}; it has ${has}`);
}

function shownChoice(choice: CheckpointChoice): string {
  return typeof choice === "number" ? `checkpoint of step ${choice}` : `${choice} checkpoint`;
}

async function loadCheckpointWeights(folder: string): Promise<LoadedWeights> {
  const state = await readState(realFileSystem, folder);
  const run = dirname(dirname(folder));
  const inRun = basename(dirname(folder)) === "checkpoints";
  const hasConfig = inRun && (await textOf(realFileSystem, join(run, CONFIG))) !== undefined;
  const loaded = hasConfig ? await readConfig(realFileSystem, run) : undefined;
  if (loaded !== undefined) requireSameConfig(state, loaded);
  return {
    file: join(folder, "weights.safetensors"),
    parameters: await readWeights(realFileSystem, folder, state),
    step: state.step,
    warnings: [],
    ...(loaded === undefined ? {} : { config: loaded.config }),
  };
}
