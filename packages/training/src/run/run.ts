import { join, resolve } from "node:path";
import { type Architecture, sameArchitecture } from "@nin/spec";
import type { Checkpoint } from "../checkpoint.js";
import type { MetricsLine } from "../metrics.js";
import type { TrainingRecorder } from "../options.js";
import { CheckpointStore } from "./checkpoint-store.js";
import type { RunConfig } from "./config.js";
import { CONFIG, configText, parseConfig } from "./config-file.js";
import { RunError, reading, writing } from "./errors.js";
import { type FileSystem, makeFolders, realFileSystem, replaceFile, textOf } from "./file-system.js";
import { RunLock } from "./lock.js";
import { MetricsFile } from "./metrics-file.js";

const METRICS = "metrics.jsonl";

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

/**
 * Makes a run folder, takes its lock and writes `config.json`. The folder may exist, without a run.
 *
 * Throws: `RunError` (`NIN_RUN_EXISTS`, `NIN_RUN_LOCKED`, `NIN_RUN_WRITE`); nothing is left then.
 */
export async function createRun(
  folder: string,
  config: RunConfig,
  files: FileSystem = realFileSystem,
): Promise<Run> {
  const path = resolve(folder);
  const created = await writing(path, () => makeFolders(files, path));
  try {
    const lock = await writing(path, () => RunLock.take(files, path));
    return await closingOnError(lock, async () => {
      if ((await writing(path, () => textOf(files, join(path, CONFIG)))) !== undefined) {
        const problem = "there is a run already; continue it with --resume, or give another folder";
        throw new RunError("NIN_RUN_EXISTS", path, problem);
      }
      await writing(path, async () => {
        await replaceFile(files, join(path, CONFIG), configText(config));
        await new MetricsFile(files, join(path, METRICS)).cutBack(0, 0);
      });
      return new RunFolder(files, path, config, lock, []);
    });
  } catch (error) {
    await removeNew(files, created);
    throw error;
  }
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
  folder: string,
  options: { readonly architecture?: Architecture } = {},
  files: FileSystem = realFileSystem,
): Promise<Run> {
  const path = resolve(folder);
  const config = await readConfig(files, path);
  const { architecture } = options;
  if (architecture !== undefined && !sameArchitecture(architecture, config.architecture)) {
    const problem = `the run trains ${config.architecture.name}, which is not the given architecture ${architecture.name}`;
    throw new RunError("NIN_RUN_MISMATCH", path, problem);
  }
  const lock = await writing(path, () => RunLock.take(files, path));
  return closingOnError(lock, async () => {
    const store = new CheckpointStore(files, join(path, "checkpoints"));
    const { checkpoint, warnings } = await reading(path, () => store.find());
    const metrics = new MetricsFile(files, join(path, METRICS));
    await writing(path, async () => {
      await store.tidy(checkpoint?.state.step ?? 0);
      await metrics.cutBack(checkpoint?.state.step ?? 0, checkpoint?.progress.epoch ?? 0);
    });
    return new RunFolder(files, path, config, lock, warnings, checkpoint);
  });
}

/** Throws: `RunError` (`NIN_RUN_MISSING`, `NIN_RUN_READ`, `NIN_RUN_CORRUPT`). */
export async function readConfig(files: FileSystem, folder: string): Promise<RunConfig> {
  const path = join(folder, CONFIG);
  const text = await reading(path, () => textOf(files, path));
  if (text === undefined) {
    throw new RunError("NIN_RUN_MISSING", folder, `expected the folder of a run, found no ${CONFIG} there`);
  }
  return parseConfig(text, path);
}

class RunFolder implements Run {
  readonly resumeFrom?: Checkpoint;
  readonly #checkpoints: CheckpointStore;
  readonly #metrics: MetricsFile;
  #disposed = false;

  constructor(
    files: FileSystem,
    readonly folder: string,
    readonly config: RunConfig,
    private readonly lock: RunLock,
    readonly warnings: readonly string[],
    resumeFrom?: Checkpoint,
  ) {
    if (resumeFrom !== undefined) this.resumeFrom = resumeFrom;
    this.#checkpoints = new CheckpointStore(files, join(folder, "checkpoints"));
    this.#metrics = new MetricsFile(files, join(folder, METRICS));
  }

  appendMetrics(lines: readonly MetricsLine[]): Promise<void> {
    return writing(this.folder, () => this.#metrics.append(lines));
  }

  saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    return writing(this.folder, async () => {
      await this.#metrics.sync();
      await this.#checkpoints.save(checkpoint);
    });
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    try {
      await this.#metrics.close();
    } finally {
      await this.lock.release();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

async function closingOnError<Result>(lock: RunLock, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    await lock.release().catch(() => {});
    throw error;
  }
}

/** Removes the folders that were made on the way to a run's, the first of which is `created`. */
async function removeNew(files: FileSystem, created: string | undefined): Promise<void> {
  if (created === undefined) return;
  await files.rm(created, { recursive: true, force: true }).catch(() => {});
}
