import { randomBytes } from "node:crypto";
import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * An unfinished download of one process. Between runs it lies at `<file>.part`; whoever renames it
 * to a name of its own may go on with it, so that no two processes write to one file. Those of
 * dead processes are taken over too.
 */
export interface PartFile {
  readonly path: string;
  readonly target: string;
}

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
  else await rename(path, `${target}.part`);
}

/** Puts a part that was checked in its place, whole or not at all. */
export async function finishPart({ path, target }: PartFile): Promise<void> {
  const handle = await open(path, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(path, target);
}

async function abandonedParts(target: string): Promise<readonly string[]> {
  const name = basename(target);
  const names = await readdir(dirname(target));
  return names.filter((other) => isAbandoned(other, name)).map((other) => join(dirname(target), other));
}

function isAbandoned(other: string, name: string): boolean {
  if (!other.startsWith(`${name}.`) || !other.endsWith("part")) return false;
  const middle = other.slice(name.length + 1);
  if (middle === "part") return true;
  const owner = /^(\d+)-[0-9a-f]{12}\.part$/.exec(middle)?.[1];
  return owner !== undefined && !isRunning(Number(owner));
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: there is such a process, of another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
