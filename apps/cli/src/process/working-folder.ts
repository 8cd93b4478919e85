import type { Command } from "commander";
import { UsageError } from "../errors/usage-error.js";

/** Commands that neither write files here nor start programs here. */
const WITHOUT: readonly string[] = ["backends", "data", "summary"];

const GONE = "the working directory no longer exists: change to another one and run the command again";

/** Refuses to run a command in a folder that was removed: relative paths, and programs that it starts, would fail later. */
export function requireWorkingFolder(command: Command): void {
  if (WITHOUT.includes(topLevelName(command))) return;
  try {
    process.cwd();
  } catch (error) {
    throw folderGone(error);
  }
}

/** Whether an error says that the working folder was removed meanwhile. */
export function isFolderGone(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return code === "ENOENT" && syscall === "uv_cwd";
}

/** The error for a working folder that was removed. */
export function folderGone(error: unknown): UsageError {
  return new UsageError(GONE, { cause: error });
}

/** `conformance` of `nin conformance matrix`. */
function topLevelName(command: Command): string {
  const { parent } = command;
  return parent === null || parent.parent === null ? command.name() : topLevelName(parent);
}
