import * as nodeFileSystem from "node:fs/promises";
import { dirname } from "node:path";

/** The part of Node's file system that this package uses. Tests substitute one that fails at a chosen call. */
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
 * Creates a folder and its missing parents. Node's own recursive `mkdir` never returns where an existing folder refuses
 * with ENOENT, as those in /proc do (20.20, 22.21). When one cannot be created, those that were are removed.
 *
 * @returns the first folder that was created; `undefined` when all existed
 */
export async function makeFolders(files: FileSystem, path: string): Promise<string | undefined> {
  return (await makeEach(files, path))[0];
}

/** As `makeFolders`; returns all folders that were created, the outermost first. */
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

/** Creates a folder that another process may have created in the meantime. */
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

/** Removes folders that `makeEach` created, as far as they are empty. */
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

/** Waits until the names in a folder are on the disk. */
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

/** The names in a folder; an empty list when it does not exist. */
export async function namesIn(files: FileSystem, path: string): Promise<readonly string[]> {
  try {
    return await files.readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
