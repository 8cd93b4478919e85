import { join, resolve } from "node:path";
import { type FileSystem, realFileSystem } from "@nin/files";
import { at } from "@nin/spec";
import { isStoppedEarly } from "../loop/selection.js";
import type { RunConfig } from "../record/config.js";
import type { EpochMetrics } from "../record/metrics.js";
import type { StateFile } from "../record/state-file.js";
import { CheckpointStore } from "./checkpoint-store.js";
import { readConfig, stepsPerEpochOf } from "./config.js";
import { reading } from "./errors.js";
import { type LockState, RunLock } from "./lock.js";
import { type MetricsTail, readMetricsTail } from "./metrics-tail.js";

/**
 * - `running`: a process trains in its folder
 * - `finished`: every step of its recipe is done, or it was stopped early, or `maxSteps` is reached
 * - `failed`: it ended because a loss or a parameter was no longer a finite number
 * - `interrupted`: it ended before its last step, and can be continued
 */
export type RunStatus = "finished" | "running" | "interrupted" | "failed";

/** A run at a glance: what `nin runs --json` prints. */
export interface RunSummary {
  /** The run's folder, as it was given. */
  readonly run: string;
  /** The name of the architecture. */
  readonly model: string;
  /** The name of the recipe. */
  readonly recipe: string;
  /** Where the data set was loaded from: `fashion-mnist`, `synthetic` or an absolute path. */
  readonly data: string;
  readonly backend: string;
  readonly device: string;
  readonly status: RunStatus;
  /** Epochs finished. */
  readonly epochs: number;
  /** Of the newest epoch that was evaluated: a fraction of the test images. */
  readonly testAccuracy: number | null;
  readonly testLoss: number | null;
  /** Of the newest epoch; null without a validation split. */
  readonly validationAccuracy: number | null;
  /** Of training: the median over the epochs, before the end of the first that of the newest steps. */
  readonly imagesPerSecond: number | null;
  readonly seed: number;
}

/** How a summary is read. */
export interface SummaryOptions {
  /** The file system to use instead of Node's. */
  readonly files?: FileSystem;
}

/** A run's settings with its summary. */
export interface InspectedRun {
  readonly config: RunConfig;
  readonly summary: RunSummary;
}

/** A lock that another machine took counts for so long after the run's last line. Units: milliseconds. */
const ELSEWHERE_MS = 10 * 60_000;

/**
 * Sums up a run, whether it is being trained or not: from its settings, its lock, the newest checkpoint's `state.json`
 * and the end of its metrics, without its weights. Needs no lock.
 *
 * Where another machine or container holds the lock, the run counts as running while its metrics are less than ten
 * minutes old. A run without any checkpoint folder is finished when its metrics have its last epoch.
 *
 * @param folder - of the run
 * @throws RunError (`NIN_RUN_MISSING`, `NIN_RUN_READ`, `NIN_RUN_CORRUPT`)
 *
 * @example
 * ```ts
 * const { status, testAccuracy } = await summarizeRun("runs/2026-01-01");
 * ```
 */
export async function summarizeRun(folder: string, options: SummaryOptions = {}): Promise<RunSummary> {
  return (await inspectRun(folder, options)).summary;
}

/** As `summarizeRun`, with the settings that it has read. */
export async function inspectRun(
  folder: string,
  { files = realFileSystem }: SummaryOptions = {},
): Promise<InspectedRun> {
  const path = resolve(folder);
  const loaded = await readConfig(files, path);
  const { config } = loaded;
  const store = new CheckpointStore(files, join(path, "checkpoints"), loaded);
  // The lock first: a run that ends meanwhile is finished rather than interrupted.
  const lock = await reading(path, () => RunLock.stateOf(files, path));
  const state = await reading(path, () => store.newestState());
  const tail = await readMetricsTail(files, join(path, "metrics.jsonl"));
  const epochs = epochsOf(state, tail);
  const newest = epochs.at(-1);
  const evaluated = epochs.findLast(({ testAccuracy }) => testAccuracy !== null);
  const summary = {
    run: folder,
    model: config.architecture.name,
    recipe: config.recipe.name,
    data: config.data.source,
    backend: config.backend,
    device: config.device,
    status: statusOf(config, { lock, state, tail }),
    epochs: newest === undefined ? 0 : newest.epoch,
    testAccuracy: evaluated === undefined ? null : evaluated.testAccuracy,
    testLoss: evaluated === undefined ? null : evaluated.testLoss,
    validationAccuracy: newest?.validationAccuracy ?? null,
    imagesPerSecond: medianRate(epochs) ?? tail?.step?.imagesPerSecond ?? null,
    seed: config.recipe.seed,
  };
  return { config, summary };
}

/** What the files of a run say of where it stands. */
interface Standing {
  readonly lock: LockState;
  readonly state: StateFile | undefined;
  readonly tail: MetricsTail | undefined;
}

function statusOf(config: RunConfig, { lock, state, tail }: Standing): RunStatus {
  const isFresh = tail !== undefined && Date.now() - tail.modifiedAtMs < ELSEWHERE_MS;
  if (lock === "held" || (lock === "elsewhere" && isFresh)) return "running";
  if (state === undefined ? hasLastEpoch(config, tail) : isFinished(config, state)) return "finished";
  return tail?.isNotFinite === true ? "failed" : "interrupted";
}

function isFinished({ recipe, data, maxSteps }: RunConfig, state: StateFile): boolean {
  const { epoch, position, step, selection } = state;
  if (epoch >= recipe.epochs) return true;
  if (position === 0 && isStoppedEarly(recipe, selection)) return true;
  // Resumed, a run may have gone on beyond it. An epoch whose steps are done is still to be evaluated.
  return step === maxSteps && position < stepsPerEpochOf({ recipe, data });
}

/** Somebody may have removed the checkpoints to save space. */
function hasLastEpoch({ recipe }: RunConfig, tail: MetricsTail | undefined): boolean {
  return tail?.epochs.at(-1)?.epoch === recipe.epochs;
}

/** The epochs of the checkpoint, and those since. */
function epochsOf(state: StateFile | undefined, tail: MetricsTail | undefined): readonly EpochMetrics[] {
  const saved = state === undefined ? [] : state.epochs;
  const since = tail === undefined ? [] : tail.epochs.filter(({ epoch }) => epoch > saved.length);
  return [...saved, ...since];
}

function medianRate(epochs: readonly EpochMetrics[]): number | undefined {
  const rates = epochs
    .map(({ imagesPerSecond }) => imagesPerSecond)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  if (rates.length === 0) return undefined;
  const middle = (rates.length - 1) / 2;
  return (at(rates, Math.floor(middle)) + at(rates, Math.ceil(middle))) / 2;
}
