import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { checkWritable, destinationOf, FileError, realFileSystem, writeFileAtomic } from "@nin/files";
import { UsageError } from "../errors/usage-error.js";

/**
 * Checks that the files a command will write can be written, before it starts the work.
 *
 * @param outputs - by the option that names them; undefined where an option was not given
 * @throws `FileError` for one that cannot be written, `UsageError` for two that are the same file
 */
export async function requireOutputs(outputs: Readonly<Record<string, string | undefined>>): Promise<void> {
  const optionOf = new Map<string, string>();
  for (const [option, path] of Object.entries(outputs)) {
    if (path === undefined) continue;
    await checkWritable(path);
    const destination = await destinationOf(realFileSystem, path);
    const other = optionOf.get(destination.path);
    if (other !== undefined && destination.kind === "file")
      throw new UsageError(`${other} and ${option} name the same file, ${path}: choose two different files`);
    optionOf.set(destination.path, option);
  }
}

/**
 * Writes results that took minutes to compute. Where that fails after all, they are saved under a new name in the
 * current folder or the temporary one.
 *
 * @param name - the beginning of that name, `nin-bench`
 * @param content - what to save there
 * @throws `UsageError`, which says where the results are
 */
export async function keepResult(name: string, content: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const kept = await keep(`${name}-${randomBytes(4).toString("hex")}.json`, content);
    const where =
      kept === undefined ? "could not be saved elsewhere either" : `were saved to ${kept} instead`;
    throw new UsageError(`${error.message}; the results ${where}`, { cause: error });
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
