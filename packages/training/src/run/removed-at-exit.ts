import { readFileSync, unlinkSync } from "node:fs";

/** For each path the contents that a file must have to be removed. */
const files = new Map<string, string>();

function removeAll(): void {
  for (const [path, text] of files) {
    try {
      if (readFileSync(path, "utf8") === text) unlinkSync(path);
    } catch {
      // The file or its folder is gone already. A lock that stays is that of a dead process, which is ignored.
    }
  }
}

/**
 * Removes a file when the process ends, also by `process.exit`, if it then still contains `text`. This runs before other
 * exit listeners, as a runtime may make the process wait for its threads.
 *
 * @returns a function that cancels the removal
 */
export function removedAtExit(path: string, text: string): () => void {
  if (files.size === 0) process.prependListener("exit", removeAll);
  files.set(path, text);
  return () => {
    files.delete(path);
    if (files.size === 0) process.off("exit", removeAll);
  };
}
