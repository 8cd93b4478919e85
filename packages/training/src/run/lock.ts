import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type FileSystem, namesIn } from "@nin/files";
import { shownText } from "@nin/spec";
import { RunError } from "./errors.js";
import { createExclusively, linkExclusively } from "./exclusive-file.js";
import { type Holder, parseHolder, stateOf, thisProcess } from "./lock-holder.js";
import { removedAtExit } from "./removed-at-exit.js";
import { textOf } from "./run-files.js";

export interface LockOptions {
  /** Takes the lock from whoever holds it, whose process can then write no more. */
  readonly forceUnlock?: boolean;
}

/** What a lock's file, or that of its successor, says. */
interface LockRecord {
  /** Names this record and no other. */
  readonly key: string;
  /** None in a file that is empty or cut off. */
  readonly holder: Holder | undefined;
  /** Whether its holder is giving it back. */
  readonly releasing: boolean;
}

/** A lock's file, and the last of its successors: the one that counts. */
interface Standing {
  readonly first: LockRecord;
  readonly last: LockRecord;
}

const LOCK = "lock";
const AFTER = "lock.after-";
/** So many processes do not die one after the other while they take one lock: such files were made by hand. */
const LONGEST_CHAIN = 1000;
const TOKEN = /^[0-9a-f]{32}$/;
/** A lock that says nothing for so long was left so by a process that died. Units: milliseconds. */
const SETTLING_MS = 500;
const RETRY_MS = 5;
const GIVE_UP_MS = 10_000;

/**
 * Keeps other processes from training in the same folder. A dead process's lock does not count.
 *
 * No file can be removed on the condition that it still is the one that was read, so nobody removes a dead
 * process's lock. It is succeeded: by making the file `lock.after-KEY`, KEY being the dead lock's own, which
 * exactly one process can. Who did, and then finds the dead lock still in its place, holds the lock and
 * renames its file to `lock`. If it dies before that, its file is succeeded in turn: of such a chain the
 * last one counts. Who succeeded a lock that had left its place takes its file away and looks again. Who
 * gives a lock back succeeds it too, so that nobody else can while it goes.
 */
export class RunLock {
  /** Until this is called, the lock is given back by the end of the process too, by `process.exit` for instance. */
  #stayAtExit: () => void = () => {};

  private constructor(
    private readonly files: FileSystem,
    private readonly folder: string,
    private readonly key: string,
    private readonly text: string,
  ) {}

  /** Throws: `RunError` (`NIN_RUN_LOCKED`). */
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

  /** Throws: `RunError` (`NIN_RUN_LOCKED`) when the lock was taken away: this process must not write any more. */
  async verify(): Promise<void> {
    const standing = await this.#standing();
    if (standing?.last.key === this.key) return;
    const holder = standing?.last.holder;
    const by = holder === undefined ? "the lock is gone" : `${nameOf(holder)} took the lock`;
    throw new RunError("NIN_RUN_LOCKED", this.#path(LOCK), `${by}; this process writes no more to the run`);
  }

  /** Gives the lock back, if it was not taken away. */
  async release(): Promise<void> {
    const { files } = this;
    const [path, after] = [this.#path(LOCK), this.#path(AFTER + this.key)];
    // A link takes no room: a full disk is no reason to keep a lock.
    if (!(await linkExclusively(files, path, after, this.text).catch(() => true))) return;
    if ((await this.#read(LOCK))?.key === this.key) await files.rm(path, { force: true });
    await files.rm(after, { force: true });
    this.#stayAtExit();
  }

  /** Makes this lock the one that counts; false when another one succeeded first, or what was found has gone. */
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
    const { token } = holder ?? {};
    if (token !== undefined && TOKEN.test(token)) return { key: token, holder, releasing: false };
    // Cut off, or of an earlier version: distinguished from others of the same content by what the file system knows.
    const info = await this.files.stat(path).catch(() => undefined);
    const key = createHash("sha256")
      .update(`${info?.ino} ${info?.mtimeMs} ${text}`)
      .digest("hex")
      .slice(0, 32);
    return { key, holder, releasing: false };
  }

  /** Removes what was left by processes that died while they took or gave back the lock. */
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

/** Distinguishes a lock that is being written from one that was cut off: the latter does not change. */
class Settling {
  #key: string | undefined;
  #since = 0;

  isOver(key: string): boolean {
    if (this.#key !== key) [this.#key, this.#since] = [key, performance.now()];
    return performance.now() - this.#since >= SETTLING_MS;
  }
}

/** Why a lock cannot be taken over; `passing` where that is about to change. */
function obstacleOf({ key, holder, releasing }: LockRecord, settling: Settling): string | undefined {
  if (holder === undefined) return settling.isOver(key) ? undefined : "passing";
  const state = stateOf(holder);
  if (state === "dead") return undefined;
  if (state === "alive") {
    return releasing
      ? "passing"
      : `${nameOf(holder)} is training in this folder; wait for its end, or end it first`;
  }
  return `${nameOf(holder)} was training in this folder, and whether it still is cannot be seen from this machine or container; if it is not, --force-unlock takes the lock`;
}

function nameOf({ pid, host }: Holder): string {
  return `process ${pid} on ${shownText(host)}`;
}
