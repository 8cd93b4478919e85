import { join } from "node:path";
import type { Checkpoint } from "../checkpoint.js";
import {
  type CheckpointFiles,
  checkpointFiles,
  readCheckpoint,
  readState,
  STATE,
  writeCheckpointFiles,
} from "./checkpoint-files.js";
import { parseState } from "./checkpoint-state.js";
import { RunError } from "./errors.js";
import { type FileSystem, makeFolders, namesIn, replaceFile, syncFolder, textOf } from "./file-system.js";

/** Of this beginning are folders that are being written or removed: they never count as checkpoints. */
const TEMPORARY = ".part-";
const KEPT = 2;

/** The newest whole checkpoint, and what was found on the way to it. */
export interface FoundCheckpoint {
  readonly checkpoint?: Checkpoint;
  readonly warnings: readonly string[];
}

/**
 * The `checkpoints` folder of a run. A checkpoint appears under its name by one rename, whole and
 * on the disk; then `latest` is replaced, likewise; then older ones go.
 */
export class CheckpointStore {
  readonly #latest: string;

  constructor(
    private readonly files: FileSystem,
    private readonly folder: string,
  ) {
    this.#latest = join(folder, "latest");
  }

  async save(checkpoint: Checkpoint): Promise<void> {
    const name = `${checkpoint.state.step}`;
    const content = checkpointFiles(checkpoint);
    await makeFolders(this.files, this.folder);
    if (await this.#holdsSame(name, content)) {
      // Only the progress differs: an evaluation was done since.
      await replaceFile(this.files, join(this.folder, name, STATE), content[STATE]);
    } else {
      await this.#write(name, content);
    }
    await replaceFile(this.files, this.#latest, `${name}\n`);
    await this.#removeOlder(checkpoint.state.step);
  }

  /** The step that `latest` names. */
  async latestStep(): Promise<number | undefined> {
    const text = (await textOf(this.files, this.#latest))?.trim();
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  }

  /**
   * The newest whole checkpoint, that of `latest` first.
   *
   * Throws: `RunError` (`NIN_RUN_CORRUPT`) when there are checkpoints, and none is whole.
   */
  async find(): Promise<FoundCheckpoint> {
    const latest = await this.latestStep();
    const steps = await this.#steps();
    const candidates = [
      ...(latest === undefined ? [] : [latest]),
      ...steps.filter((step) => step !== latest),
    ];
    const warnings: string[] = [];
    for (const step of candidates) {
      try {
        return { checkpoint: await readCheckpoint(this.files, join(this.folder, `${step}`)), warnings };
      } catch (error) {
        if (!(error instanceof RunError)) throw error;
        warnings.push(`passed over a damaged checkpoint: ${error.message}`);
      }
    }
    if (warnings.length === 0) return { warnings };
    throw new RunError("NIN_RUN_CORRUPT", this.folder, `no checkpoint is whole: ${warnings.join("; ")}`);
  }

  /** Ends what a dead process began: what is half-written or half-removed goes, as do checkpoints other than `step` and the one before it. */
  async tidy(step: number): Promise<void> {
    for (const name of await namesIn(this.files, this.folder)) {
      const path = join(this.folder, name);
      if (name.startsWith(TEMPORARY) || name.endsWith(".part")) {
        await this.files.rm(path, { recursive: true, force: true });
      } else if (/^\d+$/.test(name) && Number(name) > step) {
        await this.#remove(name);
      }
    }
    await this.#removeOlder(step);
  }

  async #holdsSame(name: string, content: CheckpointFiles): Promise<boolean> {
    const path = join(this.folder, name);
    try {
      const { sha256 } = await readState(this.files, path);
      const { sha256: wanted } = parseState(content[STATE], path);
      await readCheckpoint(this.files, path);
      return JSON.stringify(sha256) === JSON.stringify(wanted);
    } catch (error) {
      if (error instanceof RunError) return false;
      throw error;
    }
  }

  async #write(name: string, content: CheckpointFiles): Promise<void> {
    const temporary = join(this.folder, `${TEMPORARY}${name}`);
    const removeTemporary = () => this.files.rm(temporary, { recursive: true, force: true });
    await removeTemporary();
    try {
      await this.files.mkdir(temporary);
      await writeCheckpointFiles(this.files, temporary, content);
      await this.#remove(name);
      await this.files.rename(temporary, join(this.folder, name));
    } catch (error) {
      // A full disk gets back what the half-written checkpoint took; what went wrong is what is told.
      await removeTemporary().catch(() => {});
      throw error;
    }
    await syncFolder(this.files, this.folder);
  }

  async #removeOlder(step: number): Promise<void> {
    const older = (await this.#steps()).filter((other) => other < step);
    for (const other of older.slice(KEPT - 1)) await this.#remove(`${other}`);
  }

  /** Renamed first: a checkpoint that is half gone never stands under its name. */
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

  /** Newest first. */
  async #steps(): Promise<readonly number[]> {
    const names = await namesIn(this.files, this.folder);
    return names
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => b - a);
  }
}
