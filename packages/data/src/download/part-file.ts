import { randomBytes } from "node:crypto";
import { lstat, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isProcessRunning } from "@nin/files";

/**
 * An unfinished download of one process. Between runs it lies at `<file>.part`; whoever renames it
 * to a name of its own may go on with it, so that no two processes write to one file. Those of
 * dead processes are taken over too.
 */
export interface PartFile {
  readonly path: string;
  readonly target: string;
}

/** Far longer than a mirror is waited for. Units: milliseconds. */
const ABANDONED_MS = 3_600_000;

/** A part file of this process's own, with what an earlier download left, or empty. */
export async function claimPart(target: string): Promise<PartFile> {
  const path = `${target}.${process.pid}-${randomBytes(6).toString("hex")}.part`;
  for (const left of await abandonedParts(target)) {
    try {
      await rename(left, path);
      return { path, target };
    } catch (error) {
      // Another process was faster.
      if (!isMissing(error)) throw error;
    }
  }
  await (await open(path, "wx")).close();
  return { path, target };
}

/** Leaves the part for a later run to go on with. */
export async function releasePart({ path, target }: PartFile): Promise<void> {
  const empty = await stat(path).then(
    ({ size }) => size === 0,
    () => true,
  );
  if (empty) await rm(path, { force: true });
  // What is no file of ours stays: this part is found by its own name then.
  else if (await isFreeOrFile(`${target}.part`)) await rename(path, `${target}.part`);
}

/** Puts a part that was checked in its place, whole or not at all, and removes what nobody will go on with any more. */
export async function finishPart({ path, target }: PartFile): Promise<void> {
  const handle = await open(path, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(path, target);
  for (const left of await abandonedParts(target)) await rm(left, { force: true });
}

async function isFreeOrFile(path: string): Promise<boolean> {
  const info = await lstat(path).catch(() => undefined);
  return info === undefined || info.isFile();
}

async function abandonedParts(target: string): Promise<readonly string[]> {
  const name = basename(target);
  const abandoned: string[] = [];
  for (const other of await readdir(dirname(target))) {
    const path = join(dirname(target), other);
    if (await isAbandoned(path, other, name)) abandoned.push(path);
  }
  return abandoned;
}

/**
 * A part without an owner, or one whose owner is dead. A number of a process is used again by and by: what nobody has
 * written to for long has no owner either, as one that lives gives its mirrors up sooner.
 */
async function isAbandoned(path: string, other: string, name: string): Promise<boolean> {
  if (!other.startsWith(`${name}.`) || !other.endsWith("part")) return false;
  const middle = other.slice(name.length + 1);
  const owner = /^(\d+)-[0-9a-f]{12}\.part$/.exec(middle)?.[1];
  if (owner === undefined && middle !== "part") return false;
  const info = await lstat(path).catch(() => undefined);
  // A link, or a file of two names, would have what is elsewhere written to.
  if (info?.isFile() !== true || info.nlink !== 1) return false;
  if (owner === undefined || Date.now() - info.mtimeMs > ABANDONED_MS) return true;
  return !(await isProcessRunning(Number(owner)));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
