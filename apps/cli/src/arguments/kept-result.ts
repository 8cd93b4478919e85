import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { FileError, writeFileAtomic } from "@nin/files";
import { UsageError } from "../errors/usage-error.js";

/**
 * Writes what took minutes to measure. Where that fails after all, the result is kept under a free name in the current
 * folder or the temporary one.
 *
 * @param name - the beginning of that name, `nin-bench`
 * @param content - what is kept
 * @throws `UsageError`, which says where it was kept
 */
export async function keepingResult(
  name: string,
  content: string,
  write: () => Promise<void>,
): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const kept = await keep(`${name}-${randomBytes(4).toString("hex")}.json`, content);
    const where = kept === undefined ? "could not be kept elsewhere either" : `is kept in ${kept}`;
    throw new UsageError(`${error.message}; what was measured ${where}`, { cause: error });
  }
}

async function keep(name: string, content: string): Promise<string | undefined> {
  for (const folder of [".", tmpdir()]) {
    const path = join(folder, name);
    try {
      await writeFileAtomic(path, content);
      return folder === "." ? path : resolve(path);
    } catch (error) {
      if (!(error instanceof FileError) && (error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return undefined;
}
