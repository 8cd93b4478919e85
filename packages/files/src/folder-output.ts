import { join } from "node:path";
import { FileError } from "./errors.js";
import { makeEach, realFileSystem, removeEmpty } from "./file-system.js";
import {
  checkWritable,
  temporaryIn,
  type WriteOptions,
  writeFilesAtomic,
  writing,
} from "./write-file-atomic.js";

/** How a folder is tried. */
export interface FolderCheckOptions extends Pick<WriteOptions, "files"> {
  /** Of files that will be written into it. */
  readonly names?: readonly string[];
}

/**
 * Finds out whether files, of names that are known or not, could be written into a folder, which need not be there, before the work begins whose result
 * they are. It is tried: whether a folder can be made is not known before. Nothing is left of the trial.
 *
 * @throws `FileError` (`NIN_FILE_KIND`, `NIN_FILE_WRITE`)
 */
export async function checkFolderWritable(
  folder: string,
  { files = realFileSystem, names = [] }: FolderCheckOptions = {},
): Promise<void> {
  requirePath(folder);
  await writing(folder, async () => {
    const made = await makeEach(files, folder);
    try {
      const temporary = temporaryIn(folder);
      const file = await files.open(temporary, "wx");
      await file.close().finally(() => files.rm(temporary, { force: true }));
      for (const name of names) await checkWritable(join(folder, name), { files });
    } finally {
      await removeEmpty(files, made);
    }
  });
}

/**
 * Writes the files of a folder as `writeFilesAtomic` does, and makes the folder where it is not there.
 *
 * @param contents - by name, in the order in which they get their names: first what others refer to
 * @throws `FileError`; no file is changed then, and no folder is left that was not there
 */
export async function writeFolderAtomic(
  folder: string,
  contents: ReadonlyMap<string, Uint8Array | string>,
  options: WriteOptions = {},
): Promise<void> {
  requirePath(folder);
  const { files = realFileSystem } = options;
  const made = await writing(folder, () => makeEach(files, folder));
  try {
    const byPath = [...contents].map(([name, content]) => [join(folder, name), content] as const);
    await writeFilesAtomic(new Map(byPath), options);
  } catch (error) {
    await removeEmpty(files, made);
    throw error;
  }
}

function requirePath(folder: string): void {
  if (folder === "")
    throw new FileError("NIN_FILE_KIND", '""', "expected the path of a folder, got an empty one");
}
