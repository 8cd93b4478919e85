import { dirname, join, resolve } from "node:path";
import { type FileSystem, makeFolders, realFileSystem, removeTemporaries } from "@nin/files";
import { type Architecture, sameArchitecture } from "@nin/spec";
import type { TrainingRecorder } from "../loop/options.js";
import type { Checkpoint } from "../record/checkpoint.js";
import { CONFIG, configText, type LoadedConfig, type RunConfig } from "../record/config.js";
import type { MetricsLine } from "../record/metrics.js";
import { RunError } from "../record/run-error.js";
import { CheckpointStore } from "./checkpoint-store.js";
import { readConfig } from "./config.js";
import { reading, writing } from "./errors.js";
import { createSynced } from "./exclusive-file.js";
import { type LockOptions, RunLock } from "./lock.js";
import { MetricsFile } from "./metrics-file.js";
import { textOf } from "./run-files.js";
import { sha256 } from "./sha256.js";

const METRICS = "metrics.jsonl";

/** A run folder opened for training; holds its lock until `dispose`. */
export interface Run extends TrainingRecorder, AsyncDisposable {
  /** Absolute. */
  readonly folder: string;
  readonly config: RunConfig;
  /** The checkpoint that training continues from; missing in a new run, and in one that ended before its first checkpoint. */
  readonly resumeFrom?: Checkpoint;
  /** Messages for the user about damaged checkpoints that were skipped and lines that are not metrics. */
  readonly warnings: readonly string[];
  /**
   * Checks that the lock is still this run's, before something else is written into the folder.
   *
   * @throws RunError (`NIN_RUN_LOCKED`) when another process took it: this one must no longer write
   */
  verifyLock(): Promise<void>;
  /** Releases the lock. Idempotent. */
  dispose(): Promise<void>;
}

/** How a run folder is opened. */
export interface RunOptions extends LockOptions {
  /** The file system to use instead of Node's. */
  readonly files?: FileSystem;
}

export interface ResumeOptions extends RunOptions {
  /** The architecture that the run is expected to train. */
  readonly architecture?: Architecture;
}

/** A run without a checkpoint begins anew, and warns anew of what it finds before its first step. */
const BEFORE_START = -1;

/** Temporary files that processes of earlier versions may have left in a run folder. */
const FORMER_TEMPORARIES = [`${CONFIG}.part`, `${METRICS}.part`];

/**
 * Creates a run folder, takes its lock and writes `config.json`. The folder may exist if it contains no run.
 *
 * @throws RunError (`NIN_RUN_EXISTS`, `NIN_RUN_LOCKED`, `NIN_RUN_WRITE`); nothing is left behind then
 */
export async function createRun(
  folder: string,
  config: RunConfig,
  { files = realFileSystem, ...options }: RunOptions = {},
): Promise<Run> {
  const path = resolve(folder);
  const created = await writing(path, () => makeFolders(files, path));
  const lock = await writing(path, () => RunLock.take(files, path, options)).catch(async (error: unknown) => {
    await removeEmpty(files, path, created);
    throw error;
  });
  try {
    const problem = "there is a run already; continue it with --resume, or give another folder";
    if ((await textOf(files, join(path, CONFIG))) !== undefined)
      throw new RunError("NIN_RUN_EXISTS", path, problem);
    const text = configText(config);
    await writing(path, async () => {
      const requireLock = (): Promise<void> => lock.verify();
      await removeHalfWritten(files, path, requireLock);
      // Nothing of another process is replaced, should this one have been stopped since it took the lock.
      if (!(await createSynced(files, join(path, CONFIG), text, requireLock)))
        throw new RunError("NIN_RUN_EXISTS", path, problem);
      if (!(await createSynced(files, join(path, METRICS), "", requireLock)))
        await new MetricsFile(files, join(path, METRICS)).cutBack(BEFORE_START, 0, requireLock);
    });
    return new RunFolder(files, path, { config, path: join(path, CONFIG), sha256: sha256(text) }, lock, []);
  } catch (error) {
    const isHeld = await lock.verify().then(
      () => true,
      () => false,
    );
    const isOwn = created !== undefined && isHeld && (error as RunError).code !== "NIN_RUN_EXISTS";
    // While the lock is held: nobody else has anything in there.
    if (isOwn) await removeNew(files, path);
    await lock.release().catch(() => {});
    if (isOwn) await removeEmpty(files, path, created);
    throw error;
  }
}

/**
 * Opens a run to continue it: takes its lock, removes what a process that ended left half-written, loads the newest
 * checkpoint and checks its hashes, and truncates `metrics.jsonl` to it. A damaged checkpoint is skipped in favour of
 * the other one that is kept, with a warning.
 *
 * @throws RunError (`NIN_RUN_MISSING`, `NIN_RUN_LOCKED`, `NIN_RUN_MISMATCH` when `architecture` is not the run's,
 *   `NIN_RUN_CORRUPT` when no checkpoint is complete or `config.json` was changed, `NIN_RUN_WRITE`)
 */
export async function resumeRun(
  folder: string,
  { files = realFileSystem, architecture, ...options }: ResumeOptions = {},
): Promise<Run> {
  const path = resolve(folder);
  const loaded = await readConfig(files, path);
  const { config } = loaded;
  if (architecture !== undefined && !sameArchitecture(architecture, config.architecture)) {
    const problem = `the run trains ${config.architecture.name}, which is not the given architecture ${architecture.name}`;
    throw new RunError("NIN_RUN_MISMATCH", path, problem);
  }
  const lock = await writing(path, () => RunLock.take(files, path, options));
  try {
    const store = new CheckpointStore(files, join(path, "checkpoints"), loaded);
    const { checkpoint, warnings } = await reading(path, () => store.find());
    const metrics = new MetricsFile(files, join(path, METRICS));
    const invalidLines = await writing(path, async () => {
      const requireLock = (): Promise<void> => lock.verify();
      await removeHalfWritten(files, path, requireLock);
      await store.tidy(checkpoint, requireLock);
      const step = checkpoint === undefined ? BEFORE_START : checkpoint.state.step;
      const epoch = checkpoint === undefined ? 0 : checkpoint.progress.epoch;
      return metrics.cutBack(step, epoch, requireLock, options.forceUnlock);
    });
    const all = invalidLines === 0 ? warnings : [...warnings, invalidLinesWarning(path, invalidLines)];
    return new RunFolder(files, path, loaded, lock, all, checkpoint);
  } catch (error) {
    await lock.release().catch(() => {});
    throw error;
  }
}

function invalidLinesWarning(folder: string, lines: number): string {
  const what = lines === 1 ? "a line that is" : `${lines} lines that are`;
  return `removed ${what} not metrics from ${join(folder, METRICS)}`;
}

class RunFolder implements Run {
  readonly resumeFrom?: Checkpoint;
  readonly #checkpoints: CheckpointStore;
  readonly config: RunConfig;
  readonly #metrics: MetricsFile;
  #disposed = false;

  constructor(
    files: FileSystem,
    readonly folder: string,
    loaded: LoadedConfig,
    private readonly lock: RunLock,
    readonly warnings: readonly string[],
    resumeFrom?: Checkpoint,
  ) {
    this.config = loaded.config;
    if (resumeFrom !== undefined) this.resumeFrom = resumeFrom;
    this.#checkpoints = new CheckpointStore(files, join(folder, "checkpoints"), loaded);
    this.#metrics = new MetricsFile(files, join(folder, METRICS));
  }

  appendMetrics(lines: readonly MetricsLine[]): Promise<void> {
    return writing(this.folder, () => this.#metrics.append(lines, () => this.lock.verify()));
  }

  saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    return writing(this.folder, async () => {
      await this.lock.verify();
      await this.#metrics.sync();
      await this.#checkpoints.save(checkpoint, () => this.lock.verify());
    });
  }

  verifyLock(): Promise<void> {
    return this.lock.verify();
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    try {
      await this.#metrics.close();
    } finally {
      await writing(this.folder, () => this.lock.release());
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

async function removeHalfWritten(
  files: FileSystem,
  folder: string,
  requireLock: () => Promise<void>,
): Promise<void> {
  await requireLock();
  await removeTemporaries(files, folder);
  for (const name of FORMER_TEMPORARIES) await files.rm(join(folder, name), { force: true });
}

/** Removes what this process has written into a folder that it created. */
async function removeNew(files: FileSystem, folder: string): Promise<void> {
  for (const name of [CONFIG, METRICS]) await files.rm(join(folder, name), { force: true }).catch(() => {});
  await removeTemporaries(files, folder).catch(() => {});
}

/** Removes the folders that were created for the run, from `created` on, as far as they are empty. */
async function removeEmpty(files: FileSystem, folder: string, created: string | undefined): Promise<void> {
  if (created === undefined) return;
  try {
    for (let path = folder; path.startsWith(created); path = dirname(path)) await files.rmdir(path);
  } catch {
    // The error before this one is reported.
  }
}
