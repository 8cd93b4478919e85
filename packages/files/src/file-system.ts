import * as nodeFileSystem from "node:fs/promises";
import { dirname } from "node:path";

/** What this package needs of the file system; tests put one in that fails at a chosen call. */
export type FileSystem = Pick<
  typeof nodeFileSystem,
  | "access"
  | "link"
  | "lstat"
  | "mkdir"
  | "open"
  | "readdir"
  | "readFile"
  | "readlink"
  | "realpath"
  | "rename"
  | "rm"
  | "rmdir"
  | "stat"
>;

export const realFileSystem: FileSystem = nodeFileSystem;

/**
 * Makes a folder and those above it. Node's own recursive `mkdir` never returns where a folder that
 * exists refuses with ENOENT, as those in /proc do (20.20, 22.21). When one cannot be made, those that were are removed.
 *
 * @returns the first folder that was made; undefined when all were there
 */
export async function makeFolders(files: FileSystem, path: string): Promise<string | undefined> {
  return (await makeEach(files, path))[0];
}

/** As `makeFolders`; gives all folders that were made, the outermost first. */
export async function makeEach(files: FileSystem, path: string): Promise<readonly string[]> {
  try {
    await files.mkdir(path);
    return [path];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await files.stat(path)).isDirectory()) return [];
    if (code !== "ENOENT" || dirname(path) === path) throw error;
  }
  const above = await makeEach(files, dirname(path));
  try {
    return [...above, ...(await makeLast(files, path))];
  } catch (error) {
    await removeEmpty(files, above);
    throw error;
  }
}

/** Another process may have made the same folder in the meantime. */
async function makeLast(files: FileSystem, path: string): Promise<readonly string[]> {
  try {
    await files.mkdir(path);
    return [path];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST" && (await files.stat(path)).isDirectory())
      return [];
    throw error;
  }
}

/** Removes folders that `makeEach` made, unless something is in them. */
export async function removeEmpty(files: FileSystem, made: readonly string[]): Promise<void> {
  for (const folder of made.toReversed()) await files.rmdir(folder).catch(() => {});
}

/** Writes a new file and waits until it is on the disk. */
export async function writeSynced(
  files: FileSystem,
  path: string,
  bytes: Uint8Array | string,
): Promise<void> {
  const file = await files.open(path, "w");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Waits until a folder's names are on the disk. */
export async function syncFolder(files: FileSystem, path: string): Promise<void> {
  // Windows cannot open folders; its file systems journal names.
  if (process.platform === "win32") return;
  const folder = await files.open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The names in a folder; none when it is not there. */
export async function namesIn(files: FileSystem, path: string): Promise<readonly string[]> {
  try {
    return await files.readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
