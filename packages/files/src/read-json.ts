import { isUtf8 } from "node:buffer";
import { parseJson } from "@nin/spec";
import { FileError } from "./errors.js";
import { type ReadOptions, readFileBounded } from "./read-file-bounded.js";
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
  const bytes = await readFileBounded(path, { maxBytes: SIZE_LIMITS.settings, ...options });
  if (!isUtf8(bytes))
    throw new FileError("NIN_FILE_READ", path, "expected JSON, which is UTF-8; found bytes that are not");
  return parseJson(bytes.toString("utf8"), path);
}
