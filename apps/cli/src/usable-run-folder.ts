import { randomUUID } from "node:crypto";
import { access, mkdir, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { systemReason } from "./system-reason.js";
import { UsageError } from "./usage-error.js";

/**
 * Refuses a folder in which no run can be begun, before data are loaded and a network compiled for
 * it. It is tried: whether a folder can be made is not known before. Nothing is left of the trial.
 *
 * Throws: `UsageError`.
 */
export async function requireUsableRunFolder(folder: string): Promise<void> {
  const path = resolve(folder);
  if (await isThere(join(path, "config.json"))) {
    throw new UsageError(
      `${path}: there is a run already; continue it with --resume, or give another folder`,
    );
  }
  const made: string[] = [];
  try {
    await makeFolders(path, made);
    const trial = join(path, `${randomUUID()}.part`);
    await writeFile(trial, "").finally(() => rm(trial, { force: true }));
  } catch (error) {
    throw new UsageError(`${path}: cannot be written: ${systemReason(error)}`, { cause: error });
  } finally {
    for (const each of made.reverse()) await rmdir(each).catch(() => {});
  }
}

/** One by one: the recursive `mkdir` of Node never ends below /proc, where a folder that is there has no room for another. */
async function makeFolders(path: string, made: string[]): Promise<void> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (info?.isDirectory() === true) return;
  if (info === undefined) await makeFolders(dirname(path), made);
  await mkdir(path);
  made.push(path);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
