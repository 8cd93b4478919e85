import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type FileSystem, makeFolders, namesIn, removeTemporaries, syncFolder } from "@nin/files";
import { trainingImageCount } from "../loop/split.js";
import type { Checkpoint } from "../record/checkpoint.js";
import { progressProblem } from "../record/checkpoint.js";
import {
  type CheckpointFiles,
  checkpointFiles,
  requireSameConfig,
  STATE,
} from "../record/checkpoint-files.js";
import type { LoadedConfig } from "../record/config.js";
import { RunError } from "../record/run-error.js";
import { parseState, progressOf, type StateFile } from "../record/state-file.js";
import { readCheckpoint, readState, writeCheckpointFiles } from "./checkpoint-files.js";
import { replaceFile, textOf } from "./run-files.js";
import { createSha256 } from "./sha256.js";

/** Names of files that name a checkpoint. */
type Pointer = "latest" | "best";

/** Prefix of folders that are being written or removed: they never count as checkpoints. */
const TEMPORARY = ".part-";
const KEPT = 2;
/** A checkpoint's name. */
const STEP = /^(?:0|[1-9]\d{0,15})$/;

/** The newest complete checkpoint, and warnings about damaged ones. */
export interface FoundCheckpoint {
  readonly checkpoint?: Checkpoint;
  readonly warnings: readonly string[];
}

/**
 * The `checkpoints` folder of a run. A checkpoint is written under a temporary name and renamed when it is complete and
 * on the disk; then `latest`, and `best` where there is a better epoch, are replaced in the same way; then older
 * checkpoints are removed, except those that a kept one has as its best: a run may have to go on from that one.
 */
export class CheckpointStore {
  constructor(
    private readonly files: FileSystem,
    private readonly folder: string,
    private readonly run: LoadedConfig,
  ) {}

  /** @param requireLock called before each change; throws when this process must no longer write */
  async save(checkpoint: Checkpoint, requireLock: () => Promise<void>): Promise<void> {
    const name = `${checkpoint.state.step}`;
    const content = checkpointFiles(checkpoint, this.run, createSha256);
    await makeFolders(this.files, this.folder);
    if (await this.#holdsSame(name, content)) {
      // Only the progress differs: the epoch has been evaluated since.
      await replaceFile(this.files, join(this.folder, name, STATE), content[STATE], requireLock);
    } else {
      await this.#write(name, content, requireLock);
    }
    await this.#point(checkpoint, requireLock);
    await this.#removeOlder(checkpoint.state.step, requireLock);
  }

  /** The step that `latest` or `best` names. */
  async namedStep(pointer: Pointer): Promise<number | undefined> {
    const text = (await textOf(this.files, join(this.folder, pointer)))?.trim();
    return text !== undefined && STEP.test(text) ? Number(text) : undefined;
  }

  /**
   * The checkpoint of a step; undefined where there is none.
   *
   * @throws RunError (`NIN_RUN_CORRUPT`) when it is not complete
   */
  async read(step: number): Promise<Checkpoint | undefined> {
    if (!(await this.steps()).includes(step)) return undefined;
    const folder = join(this.folder, `${step}`);
    const state = await readState(this.files, folder);
    requireSameConfig(state, this.run);
    this.#requireConsistent(state, step, folder);
    return readCheckpoint(this.files, folder, state);
  }

  /**
   * The newest complete checkpoint. The folders decide, not `latest`, which may be older, as it is replaced last.
   *
   * @throws RunError (`NIN_RUN_CORRUPT`) when no existing checkpoint is complete, or when `config.json` has changed since
   *   they were saved
   */
  async find(): Promise<FoundCheckpoint> {
    const warnings: string[] = [];
    for (const step of await this.#candidates(warnings)) {
      const folder = join(this.folder, `${step}`);
      try {
        const state = await readState(this.files, folder);
        requireSameConfig(state, this.run);
        this.#requireConsistent(state, step, folder);
        return { checkpoint: await readCheckpoint(this.files, folder, state), warnings };
      } catch (error) {
        if (!(error instanceof RunError) || error.path === this.run.path) throw error;
        warnings.push(`skipped a damaged checkpoint: ${error.message}`);
      }
    }
    if (warnings.length === 0) return { warnings };
    throw new RunError("NIN_RUN_CORRUPT", this.folder, `no checkpoint is whole: ${warnings.join("; ")}`);
  }

  /** The `state.json` of the newest checkpoint that has one, without looking at weights: quick, for a list of runs. */
  async newestState(): Promise<StateFile | undefined> {
    for (const step of await this.steps()) {
      const folder = join(this.folder, `${step}`);
      try {
        const state = await readState(this.files, folder);
        this.#requireConsistent(state, step, folder);
        return state;
      } catch (error) {
        if (!(error instanceof RunError)) throw error;
      }
    }
    return undefined;
  }

  /**
   * Removes what a process that died left half-written or half-removed, and all checkpoints but the one that training
   * goes on from, the one before it and their best ones. Completes what such a process had not yet written.
   *
   * @param checkpoint - the newest complete one
   * @param requireLock - called before each change; throws when this process must no longer write
   */
  async tidy(checkpoint: Checkpoint | undefined, requireLock: () => Promise<void>): Promise<void> {
    for (const pointer of ["latest", "best"] as const) {
      await this.namedStep(pointer).catch(async (error: unknown) => {
        if (!(error instanceof RunError)) throw error;
        await requireLock();
        // It is a pipe, for example. This was reported; it blocks the file to be written there.
        return this.files.rm(join(this.folder, pointer), { force: true });
      });
    }
    const step = checkpoint === undefined ? 0 : checkpoint.state.step;
    for (const name of await namesIn(this.files, this.folder)) {
      const path = join(this.folder, name);
      await requireLock();
      if (name.startsWith(TEMPORARY) || name.endsWith(".part")) {
        await this.files.rm(path, { recursive: true, force: true });
      } else if (STEP.test(name) && Number(name) > step) {
        await this.#remove(name);
      } else if (STEP.test(name)) {
        await removeTemporaries(this.files, path);
        await this.files.rm(join(path, `${STATE}.part`), { force: true });
      }
    }
    if (checkpoint !== undefined) await this.#point(checkpoint, requireLock);
    await this.#removeOlder(step, requireLock);
  }

  /** Has `latest` name a checkpoint, and `best` the best one that is known with it, where they do not yet. */
  async #point({ state, progress }: Checkpoint, requireLock: () => Promise<void>): Promise<void> {
    await this.#pointTo("latest", state.step, requireLock);
    const best = progress.selection?.best.step;
    const isThere = best !== undefined && (await this.steps()).includes(best);
    if (isThere) return this.#pointTo("best", best, requireLock);
    await requireLock();
    await this.files.rm(join(this.folder, "best"), { force: true });
  }

  async #pointTo(pointer: Pointer, step: number, requireLock: () => Promise<void>): Promise<void> {
    if ((await this.namedStep(pointer)) === step) return;
    await replaceFile(this.files, join(this.folder, pointer), `${step}\n`, requireLock);
  }

  async #holdsSame(name: string, content: CheckpointFiles): Promise<boolean> {
    const path = join(this.folder, name);
    try {
      const state = await readState(this.files, path);
      const { sha256: wanted } = parseState(content[STATE], path, createSha256);
      await readCheckpoint(this.files, path, state);
      return JSON.stringify(state.sha256) === JSON.stringify(wanted);
    } catch (error) {
      if (error instanceof RunError) return false;
      throw error;
    }
  }

  async #write(name: string, content: CheckpointFiles, requireLock: () => Promise<void>): Promise<void> {
    // Not the name that another process would give it: this one may be stopped, and go on when another has its lock.
    const temporary = join(this.folder, `${TEMPORARY}${name}-${randomBytes(6).toString("hex")}`);
    const removeTemporary = () => this.files.rm(temporary, { recursive: true, force: true });
    try {
      await this.files.mkdir(temporary);
      await writeCheckpointFiles(this.files, temporary, content);
      await requireLock();
      try {
        await this.files.rename(temporary, join(this.folder, name));
      } catch (error) {
        if (!(await namesIn(this.files, this.folder)).includes(name)) throw error;
        // A damaged one, or one of a training that went another way. Removed only where it is there: a process that was
        // stopped would remove the one that another has written since.
        await requireLock();
        await this.#remove(name);
        await this.files.rename(temporary, join(this.folder, name));
      }
    } catch (error) {
      // On a full disk this frees the space of the incomplete checkpoint. The first error is the one to report.
      await removeTemporary().catch(() => {});
      throw error;
    }
    await syncFolder(this.files, this.folder);
  }

  async #removeOlder(step: number, requireLock: () => Promise<void>): Promise<void> {
    const steps = (await this.steps()).filter((other) => other <= step);
    const bests = new Set<number>();
    for (const kept of steps.slice(0, KEPT)) {
      const best = await this.#bestOf(kept);
      if (best !== undefined) bests.add(best);
    }
    const older = steps.filter((other) => other < step);
    for (const other of older.slice(KEPT - 1)) {
      if (bests.has(other)) continue;
      await requireLock();
      await this.#remove(`${other}`);
    }
  }

  /** The step that a checkpoint has as its best; undefined also where it is damaged. */
  async #bestOf(step: number): Promise<number | undefined> {
    // Only then are there more checkpoints than two, and files worth reading.
    if (this.run.config.recipe.validation === undefined) return undefined;
    try {
      return (await readState(this.files, join(this.folder, `${step}`))).selection?.best.step;
    } catch (error) {
      if (error instanceof RunError) return undefined;
      throw error;
    }
  }

  /** Renames before removing, so that a half-removed checkpoint never has a checkpoint's name. */
  async #remove(name: string): Promise<void> {
    const aside = join(this.folder, `${TEMPORARY}removed-${name}`);
    await this.files.rm(aside, { recursive: true, force: true });
    try {
      await this.files.rename(join(this.folder, name), aside);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    await this.files.rm(aside, { recursive: true, force: true });
  }

  /** The steps of the folders and of `latest`, newest first. */
  async #candidates(warnings: string[]): Promise<readonly number[]> {
    const steps = await this.steps();
    try {
      const latest = await this.namedStep("latest");
      const all = latest === undefined ? steps : [...new Set([latest, ...steps])];
      return all.toSorted((a, b) => b - a);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      warnings.push(error.message);
      return steps;
    }
  }

  #requireConsistent(state: StateFile, step: number, folder: string): void {
    const { recipe, data } = this.run.config;
    const { batchSize, epochs } = recipe;
    const trainingImages = trainingImageCount(data.train.count, recipe);
    const length = { trainingImages, batchSize, epochs };
    const problem =
      state.step === step
        ? progressProblem({ state, progress: progressOf(state) }, length)
        : `step: expected ${step}, as the folder is named, got ${state.step}`;
    if (problem !== undefined)
      throw new RunError("NIN_RUN_CORRUPT", join(folder, STATE), `damaged: ${problem}`);
  }

  /** The steps of the checkpoints, newest first. */
  async steps(): Promise<readonly number[]> {
    const names = await namesIn(this.files, this.folder);
    return names
      .filter((name) => STEP.test(name))
      .map(Number)
      .sort((a, b) => b - a);
  }
}
