import { readFile } from "node:fs/promises";
import { systemReason } from "./system-reason.js";
import { UsageError } from "./usage-error.js";

/** A file's JSON. Throws: `UsageError` when it cannot be read or is no JSON. */
export async function readJson(path: string, what: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${what} ${path}: cannot be read: ${systemReason(error)}`, { cause: error });
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${what} ${path}: expected JSON: ${reason}`, { cause: error });
  }
}

/** Whether a user's word is meant as a path rather than as a built-in's name. */
export function looksLikePath(text: string): boolean {
  return text.includes("/") || text.includes("\\") || text.endsWith(".json");
}
