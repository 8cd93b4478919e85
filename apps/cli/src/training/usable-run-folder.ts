import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import { checkFolderWritable } from "@nin/files";
import { UsageError } from "../errors/usage-error.js";

/**
 * Refuses a folder in which no run can be begun, before data are loaded and a network compiled for
 * it. It is tried: whether a folder can be made is not known before. Nothing is left of the trial.
 *
 * Throws: `UsageError`; `FileError` when it cannot be written.
 */
export async function requireUsableRunFolder(folder: string): Promise<void> {
  // Resolved, it would be the working folder.
  if (folder === "") await checkFolderWritable(folder);
  const path = resolve(folder);
  if (await isThere(join(path, "config.json"))) {
    throw new UsageError(
      `${path}: there is a run already; continue it with --resume, or give another folder`,
    );
  }
  await checkFolderWritable(path);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
