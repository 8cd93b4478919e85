import { checkWritable, destinationOf, realFileSystem } from "@nin/files";
import { UsageError } from "../errors/usage-error.js";

/**
 * Tries the files that a command will write, before the work begins whose results they are.
 *
 * @param outputs - by the option that names them; those that were not given are undefined
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
      throw new UsageError(`${other} and ${option} name the same file, ${path}: give each its own`);
    optionOf.set(destination.path, option);
  }
}
