import { readFileSync, unlinkSync } from "node:fs";

/** By path, what a file must hold to be removed. */
const files = new Map<string, string>();

function removeAll(): void {
  for (const [path, text] of files) {
    try {
      if (readFileSync(path, "utf8") === text) unlinkSync(path);
    } catch {
      // It is gone already, or the folder is; a lock that stays is that of a dead process.
    }
  }
}

/**
 * Has a file removed when the process ends, by `process.exit` too, where it still holds `text` then; until the function
 * that it gives is called. First of what is done at the end, as a runtime may have its threads waited for.
 */
export function removedAtExit(path: string, text: string): () => void {
  if (files.size === 0) process.prependListener("exit", removeAll);
  files.set(path, text);
  return () => {
    files.delete(path);
    if (files.size === 0) process.off("exit", removeAll);
  };
}
