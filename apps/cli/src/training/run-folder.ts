import { existsSync } from "node:fs";
import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import { checkFolderWritable } from "@nin/files";
import { UsageError } from "../errors/usage-error.js";

/** A new folder under `runs/`, named by model, recipe and the time. */
export function newRunFolder(model: string, recipe: string, now: Date = new Date()): string {
  const time = now.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const words = [model, recipe].map((word) => word.replace(/[^A-Za-z0-9.=-]+/g, "-").slice(0, 60));
  const name = [...words, time].join("-");
  const taken = (suffix: string): boolean => existsSync(join("runs", `${name}${suffix}`));
  let suffix = "";
  for (let number = 2; taken(suffix); number += 1) suffix = `-${number}`;
  return join("runs", `${name}${suffix}`);
}

/**
 * Refuses a folder in which no run can start, before data are loaded and a network is compiled. It creates the folder
 * to find out, and removes it again.
 *
 * @throws `UsageError` when it contains a run; `FileError` when it cannot be written
 */
export async function requireUsableRunFolder(folder: string): Promise<void> {
  // An empty path would resolve to the working folder.
  if (folder === "") await checkFolderWritable(folder);
  const path = resolve(folder);
  if (await exists(join(path, "config.json"))) {
    throw new UsageError(
      `${path}: this folder already contains a run; continue it with --resume, or choose another folder`,
    );
  }
  await checkFolderWritable(path);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
