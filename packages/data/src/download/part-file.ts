import { randomBytes } from "node:crypto";
import { lstat, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isProcessRunning } from "@nin/files";

/**
 * An unfinished download, owned by one process. Between runs it is stored as `<file>.part`; a process that renames it to
 * a name of its own may continue it, so that no two processes write to one file. Parts of dead processes are continued
 * too.
 */
export interface PartFile {
  readonly path: string;
  readonly target: string;
}

/** Far longer than the longest wait for a mirror. Units: milliseconds. */
const ABANDONED_MS = 3_600_000;

/** A part file owned by this process: one that an earlier download left, or an empty one. */
export async function claimPart(target: string): Promise<PartFile> {
  const path = `${target}.${process.pid}-${randomBytes(6).toString("hex")}.part`;
  for (const left of await abandonedParts(target)) {
    try {
      await rename(left, path);
      return { path, target };
    } catch (error) {
      // Another process was faster: try the next one.
      if (!isMissing(error)) throw error;
    }
  }
  await (await open(path, "wx")).close();
  return { path, target };
}

/** Leaves the part for a later run to continue. */
export async function releasePart({ path, target }: PartFile): Promise<void> {
  const empty = await stat(path).then(
    ({ size }) => size === 0,
    () => true,
  );
  if (empty) await rm(path, { force: true });
  // Something that is not a regular file is left alone; the part is then found under its own name.
  else if (await isFreeOrFile(`${target}.part`)) await rename(path, `${target}.part`);
}

/** Moves a part that was checked to its target atomically, and removes other abandoned parts. */
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
 * Whether a part has no owner, or its owner is dead. As process ids are reused, a part that was not written to for long
 * counts as abandoned too: a running download would have given up its mirrors by then.
 */
async function isAbandoned(path: string, other: string, name: string): Promise<boolean> {
  if (!other.startsWith(`${name}.`) || !other.endsWith("part")) return false;
  const middle = other.slice(name.length + 1);
  const owner = /^(\d+)-[0-9a-f]{12}\.part$/.exec(middle)?.[1];
  if (owner === undefined && middle !== "part") return false;
  const info = await lstat(path).catch(() => undefined);
  // Writing to a symbolic link, or to a file with two names, would change a file elsewhere.
  if (info?.isFile() !== true || info.nlink !== 1) return false;
  if (owner === undefined || Date.now() - info.mtimeMs > ABANDONED_MS) return true;
  return !(await isProcessRunning(Number(owner)));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
