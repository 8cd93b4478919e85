import { parseJson } from "@nin/spec";
import { type ReadOptions, readTextBounded } from "./read-file-bounded.js";
import { SIZE_LIMITS } from "./size-limits.js";

/**
 * Reads and parses a JSON file within bounds.
 *
 * @param path - of a file that a user names: a pipe is read too
 * @returns the value, not yet checked
 * @throws `FileError` when it cannot be read; `JsonError` with line and column when it is no JSON
 *
 * @example
 * ```ts
 * const architecture = parseArchitecture(await readJsonFile("my-network.json"));
 * ```
 */
export async function readJsonFile(path: string, options: Partial<ReadOptions> = {}): Promise<unknown> {
  return parseJson(await readTextBounded(path, { maxBytes: SIZE_LIMITS.settings, ...options }), path);
}
