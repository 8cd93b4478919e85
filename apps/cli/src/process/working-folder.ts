import type { Command } from "commander";
import { UsageError } from "../errors/usage-error.js";

/** Commands that neither write here nor start programs here. */
const WITHOUT: readonly string[] = ["backends", "data", "summary"];

const GONE =
  "the working directory is not there any more: change to one that is (cd) and run the command again";

/** Refuses a command in a folder that was removed: relative paths, and the programs that it starts, would fail later. */
export function requireWorkingFolder(command: Command): void {
  if (WITHOUT.includes(topLevelName(command))) return;
  try {
    process.cwd();
  } catch (error) {
    throw folderGone(error);
  }
}

/** Whether an error is that of a removed working folder, met after all. */
export function isFolderGone(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return code === "ENOENT" && syscall === "uv_cwd";
}

/** As the command's line says it. */
export function folderGone(error: unknown): UsageError {
  return new UsageError(GONE, { cause: error });
}

/** `conformance` of `nin conformance matrix`. */
function topLevelName(command: Command): string {
  const { parent } = command;
  return parent === null || parent.parent === null ? command.name() : topLevelName(parent);
}
