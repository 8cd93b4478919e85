import { FileError, readJsonFile, SIZE_LIMITS } from "@nin/files";
import { JsonError } from "@nin/spec";
import { UsageError } from "../errors/usage-error.js";

/**
 * The JSON of a file that the user names; the file may be a pipe.
 *
 * @param what - the kind of file, for messages: `architecture`
 * @param maxBytes - the largest size that is read
 * @throws `UsageError` when it cannot be read, is too large, or is not JSON; the message has line and column
 */
export async function readJson(
  path: string,
  what: string,
  maxBytes: number = SIZE_LIMITS.settings,
): Promise<unknown> {
  try {
    return await readJsonFile(path, { maxBytes });
  } catch (error) {
    if (!(error instanceof FileError || error instanceof JsonError)) throw error;
    throw new UsageError(`${what} ${error.message}`, { cause: error });
  }
}
