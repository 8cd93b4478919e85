import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { RunError } from "./errors.js";
import { type FileSystem, textOf } from "./file-system.js";
import { removedAtExit } from "./removed-at-exit.js";

/** Who trains in a folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, so that a later one of the same number is told apart; where it can be known. */
  readonly startedAt?: string;
}

const ATTEMPTS = 5;

/** Keeps other processes from training in the same folder. A dead process's lock does not count. */
export class RunLock {
  /** A process that ends by `process.exit` gives its locks back too. */
  readonly #keep: () => void;

  private constructor(
    private readonly files: FileSystem,
    private readonly path: string,
    text: string,
  ) {
    this.#keep = removedAtExit(path, text);
  }

  /** Throws: `RunError` (`NIN_RUN_LOCKED`). */
  static async take(files: FileSystem, folder: string): Promise<RunLock> {
    const path = join(folder, "lock");
    const me = JSON.stringify(thisProcess());
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (await createWith(files, path, me)) return new RunLock(files, path, me);
      await removeIfDead(files, path);
    }
    throw new RunError("NIN_RUN_LOCKED", folder, "another process keeps taking the lock");
  }

  async release(): Promise<void> {
    await this.files.rm(this.path, { force: true });
    this.#keep();
  }
}

async function createWith(files: FileSystem, path: string, text: string): Promise<boolean> {
  try {
    const file = await files.open(path, "wx");
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Throws: `RunError` when the holder lives. */
async function removeIfDead(files: FileSystem, path: string): Promise<void> {
  const text = await textOf(files, path);
  if (text === undefined) return;
  const holder = parseHolder(text);
  if (holder !== undefined && isAlive(holder)) {
    throw new RunError(
      "NIN_RUN_LOCKED",
      path,
      `process ${holder.pid} on ${holder.host} is training in this folder; wait for its end, or remove this file if that is not so`,
    );
  }
  // Renamed first, so that of two processes that found it dead only one removes it.
  const aside = `${path}.${process.pid}`;
  try {
    await files.rename(path, aside);
    await files.rm(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, startedAt } = JSON.parse(text) as Partial<Holder>;
    if (!Number.isInteger(pid) || typeof host !== "string") return undefined;
    return { pid: pid as number, host, ...(startedAt === undefined ? {} : { startedAt }) };
  } catch {
    // Cut off while it was written: its process has ended.
    return undefined;
  }
}

function thisProcess(): Holder {
  const startedAt = startOf(process.pid);
  return { pid: process.pid, host: hostname(), ...(startedAt === undefined ? {} : { startedAt }) };
}

function isAlive({ pid, host, startedAt }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, as another user's.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const started = startOf(pid);
  return startedAt === undefined || started === undefined || started === startedAt;
}

/** Linux only: the boot and the tick in it at which a process started. */
function startOf(pid: number): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Fields after the name, which is in brackets and may hold spaces; the 22nd of all is the start.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${boot}:${ticks}`;
  } catch {
    return undefined;
  }
}
