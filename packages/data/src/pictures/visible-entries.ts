import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { isSystemError, systemReason } from "@nin/files";
import { byCodePoints } from "../dataset/classes.js";
import { DataError } from "../dataset/errors.js";
import { isHidden, isImageName } from "../image/kinds.js";

/** What a folder has, hidden files and those of operating systems omitted; names in code-point order. */
export interface VisibleEntries {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** @throws DataError when the folder cannot be read */
export async function visibleEntries(folder: string): Promise<VisibleEntries> {
  const [folders, files]: [string[], string[]] = [[], []];
  for (const entry of await entriesOf(folder)) {
    if (isHidden(entry.name)) continue;
    const isFolder = entry.isSymbolicLink()
      ? await leadsToFolder(join(folder, entry.name))
      : entry.isDirectory();
    (isFolder ? folders : files).push(entry.name);
  }
  return { folders: folders.sort(byCodePoints), files: files.sort(byCodePoints) };
}

/** The pictures in a folder and those below it. */
export interface FoundPictures {
  /** Paths relative to the folder, separated by `/`, in code-point order. */
  readonly pictures: readonly string[];
  /** Other files, likewise. */
  readonly others: readonly string[];
}

/**
 * Links are followed.
 *
 * @throws DataError when a folder cannot be read, or contains itself by a link
 * @throws the signal's reason when it aborts
 */
export async function picturesBelow(folder: string, signal?: AbortSignal): Promise<FoundPictures> {
  const found: { pictures: string[]; others: string[] } = { pictures: [], others: [] };
  await collect(folder, "", [], found, signal);
  return { pictures: found.pictures.sort(byCodePoints), others: found.others.sort(byCodePoints) };
}

async function collect(
  folder: string,
  prefix: string,
  above: readonly string[],
  found: { readonly pictures: string[]; readonly others: string[] },
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const { folders, files } = await visibleEntries(folder);
  for (const file of files) (isImageName(file) ? found.pictures : found.others).push(prefix + file);
  if (folders.length === 0) return;
  const real = await realpath(folder);
  if (above.includes(real))
    throw new DataError(folder, "a folder that does not contain itself", "a link to one above it");
  for (const name of folders)
    await collect(join(folder, name), `${prefix}${name}/`, [...above, real], found, signal);
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new DataError(folder, "a readable folder", systemReason(error), { cause: error });
  }
}

/** A link that leads nowhere is a file, which cannot be read. */
async function leadsToFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}
