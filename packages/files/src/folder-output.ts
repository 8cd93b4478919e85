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

/** How a folder is checked. */
export interface FolderCheckOptions extends Pick<WriteOptions, "files"> {
  /** The names of files that will be written into it. */
  readonly names?: readonly string[];
}

/**
 * Checks whether files can be written into a folder, which need not exist, before the work that produces them starts.
 * This creates the folder and a temporary file, as there is no other way to know, and removes both.
 *
 * @throws FileError (`NIN_FILE_KIND`, `NIN_FILE_WRITE`)
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
 * Writes the files of a folder as `writeFilesAtomic` does, and creates the folder if it does not exist.
 *
 * @param contents - by name, in the order in which the files appear: first those that others refer to
 * @throws FileError; no file is changed then, and no new folder is left behind
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
