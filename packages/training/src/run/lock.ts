import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type FileSystem, namesIn } from "@nin/files";
import { shownText } from "@nin/spec";
import { RunError } from "../record/run-error.js";
import { createExclusively, linkExclusively } from "./exclusive-file.js";
import { type Holder, parseHolder, stateOf, thisProcess } from "./lock-holder.js";
import { removedAtExit } from "./removed-at-exit.js";
import { textOf } from "./run-files.js";

/**
 * Whether a process trains in a folder: `held` by one that runs, `free`, or `elsewhere`, where a process of another
 * machine or container took the lock, of which this one cannot know whether it still runs.
 */
export type LockState = "held" | "free" | "elsewhere";

export interface LockOptions {
  /** Takes the lock from its holder, whose process can then no longer write. */
  readonly forceUnlock?: boolean;
}

/** The contents of a lock's file, or of its successor's. */
interface LockRecord {
  /** Identifies this record. */
  readonly key: string;
  /** `undefined` where the file is empty or cut off. */
  readonly holder: Holder | undefined;
  /** Whether its holder is releasing it. */
  readonly releasing: boolean;
}

/** A lock's file, and the last of its successors, which is the valid one. */
interface Standing {
  readonly first: LockRecord;
  readonly last: LockRecord;
}

const LOCK = "lock";
const AFTER = "lock.after-";
/** A longer chain of processes that died while taking one lock does not occur: such files were made by hand. */
const LONGEST_CHAIN = 1000;
const TOKEN = /^[0-9a-f]{32}$/;
/** A lock that stays empty for this long was left by a process that died. Units: milliseconds. */
const SETTLING_MS = 500;
const RETRY_MS = 5;
const GIVE_UP_MS = 10_000;

/**
 * Keeps other processes from training in the same folder. The lock of a dead process is ignored.
 *
 * A file cannot be removed on the condition that it is still the one that was read, so no process removes the lock of a
 * dead one. It succeeds it instead, by creating the file `lock.after-KEY`, where KEY is the dead lock's key; exactly one
 * process can. The process that did, and that then finds the dead lock still in place, holds the lock and renames its
 * file to `lock`. If it dies before that, its file is succeeded in turn: the last file of such a chain is the valid one.
 * A process that succeeded a lock no longer in place removes its file and starts over. Releasing a lock succeeds it too,
 * so that no other process can do so meanwhile.
 */
export class RunLock {
  /** Until this is called, the lock is also released at the end of the process, for example by `process.exit`. */
  #stayAtExit: () => void = () => {};

  private constructor(
    private readonly files: FileSystem,
    private readonly folder: string,
    private readonly key: string,
    private readonly text: string,
  ) {}

  /** Looks at the lock of a folder, and changes nothing. */
  static async stateOf(files: FileSystem, folder: string): Promise<LockState> {
    const standing = await new RunLock(files, folder, "", "").#standing();
    const { holder, releasing = true } = standing === undefined ? {} : standing.last;
    // Being released, or cut off while it was written: nobody trains now.
    if (holder === undefined || releasing) return "free";
    const state = stateOf(holder);
    if (state === "dead") return "free";
    return state === "alive" ? "held" : "elsewhere";
  }

  /** @throws RunError (`NIN_RUN_LOCKED`) */
  static async take(
    files: FileSystem,
    folder: string,
    { forceUnlock = false }: LockOptions = {},
  ): Promise<RunLock> {
    const key = randomBytes(16).toString("hex");
    const lock = new RunLock(files, folder, key, JSON.stringify({ ...thisProcess(), token: key }));
    const giveUpAt = performance.now() + GIVE_UP_MS;
    const settling = new Settling();
    while (performance.now() < giveUpAt) {
      if (await createExclusively(files, lock.#path(LOCK), lock.text)) {
        if (await lock.#counts()) return lock.#swept();
        continue;
      }
      const standing = await lock.#standing();
      if (standing === undefined) continue;
      const obstacle = obstacleOf(standing.last, settling);
      if (obstacle === "passing") {
        await delay(RETRY_MS);
      } else if (obstacle === undefined || forceUnlock) {
        if (await lock.#succeed(standing)) return lock.#swept();
      } else if (await lock.#isInPlace(standing)) {
        throw new RunError("NIN_RUN_LOCKED", lock.#path(LOCK), obstacle);
      }
    }
    throw new RunError("NIN_RUN_LOCKED", folder, "other processes keep taking the lock; try again");
  }

  /** @throws RunError (`NIN_RUN_LOCKED`) when another process took the lock: this one must no longer write */
  async verify(): Promise<void> {
    const standing = await this.#standing();
    if (standing?.last.key === this.key) return;
    const holder = standing?.last.holder;
    const by = holder === undefined ? "the lock is gone" : `${nameOf(holder)} took the lock`;
    throw new RunError("NIN_RUN_LOCKED", this.#path(LOCK), `${by}; this process no longer writes to the run`);
  }

  /** Releases the lock, unless another process took it. */
  async release(): Promise<void> {
    const { files } = this;
    const [path, after] = [this.#path(LOCK), this.#path(AFTER + this.key)];
    // A link needs no space: a full disk is no reason to keep a lock.
    if (!(await linkExclusively(files, path, after, this.text).catch(() => true))) return;
    if ((await this.#read(LOCK))?.key === this.key) await files.rm(path, { force: true });
    await files.rm(after, { force: true });
    this.#stayAtExit();
  }

  /** Makes this lock the valid one; false when another process was first, or when what was read is gone. */
  async #succeed(standing: Standing): Promise<boolean> {
    const { files } = this;
    const after = this.#path(AFTER + standing.last.key);
    if (!(await createExclusively(files, after, this.text))) return false;
    try {
      if (await this.#isInPlace(standing)) {
        await files.rename(after, this.#path(LOCK));
        return await this.#counts();
      }
      await files.rm(after, { force: true });
      return false;
    } catch (error) {
      await files.rm(after, { force: true }).catch(() => {});
      throw error;
    }
  }

  async #counts(): Promise<boolean> {
    return (await this.#standing())?.last.key === this.key;
  }

  async #isInPlace({ first }: Standing): Promise<boolean> {
    return (await this.#read(LOCK))?.key === first.key;
  }

  async #standing(): Promise<Standing | undefined> {
    const first = await this.#read(LOCK);
    if (first === undefined) return undefined;
    let last = first;
    for (let length = 1; ; length += 1) {
      const next = await this.#read(AFTER + last.key);
      if (next === undefined || length === LONGEST_CHAIN) return { first, last };
      last = next.key === last.key ? { ...last, key: `${last.key}-released`, releasing: true } : next;
    }
  }

  async #read(name: string): Promise<LockRecord | undefined> {
    const path = this.#path(name);
    const text = await textOf(this.files, path);
    if (text === undefined) return undefined;
    const holder = parseHolder(text);
    const token = holder?.token;
    if (token !== undefined && TOKEN.test(token)) return { key: token, holder, releasing: false };
    // Cut off or of an earlier version: distinguished from others with the same content by its file's metadata.
    const info = await this.files.stat(path).catch(() => undefined);
    const key = createHash("sha256")
      .update(`${info?.ino} ${info?.mtimeMs} ${text}`)
      .digest("hex")
      .slice(0, 32);
    return { key, holder, releasing: false };
  }

  /** Removes what processes left that died while they took or released the lock. */
  async #swept(): Promise<this> {
    this.#stayAtExit = removedAtExit(this.#path(LOCK), this.text);
    const left = (await namesIn(this.files, this.folder)).filter(
      (name) => (name.startsWith(AFTER) && name !== AFTER + this.key) || /^lock\.\d+$/.test(name),
    );
    for (const name of left) await this.files.rm(this.#path(name), { force: true });
    return this;
  }

  #path(name: string): string {
    return join(this.folder, name);
  }
}

/** Distinguishes a lock that is being written from one that was cut off, which does not change. */
class Settling {
  #key: string | undefined;
  #since = 0;

  isOver(key: string): boolean {
    if (this.#key !== key) [this.#key, this.#since] = [key, performance.now()];
    return performance.now() - this.#since >= SETTLING_MS;
  }
}

/** Why a lock cannot be taken; `passing` where this is about to change. */
function obstacleOf({ key, holder, releasing }: LockRecord, settling: Settling): string | undefined {
  if (holder === undefined) return settling.isOver(key) ? undefined : "passing";
  const state = stateOf(holder);
  if (state === "dead") return undefined;
  if (state === "alive") {
    return releasing
      ? "passing"
      : `${nameOf(holder)} is training in this folder; wait until it ends, or end it first`;
  }
  return `${nameOf(holder)} was training in this folder, and this machine or container cannot see whether it still is; if it is not, --force-unlock takes the lock`;
}

function nameOf({ pid, host }: Holder): string {
  return `process ${pid} on ${shownText(host)}`;
}
