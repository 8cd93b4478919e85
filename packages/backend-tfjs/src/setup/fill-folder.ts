import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isProcessRunning, makeFolders, realFileSystem } from "@nin/files";

const PARTIAL = /^(.+)\.(\d+)\.partial$/;

/**
 * Fills a folder under a temporary name and renames it when it is whole, so that an interrupted setup leaves no
 * half of one under its name. One that is there already stays.
 */
export async function fillFolder(
  folder: string,
  isWhole: () => boolean,
  fill: (partial: string) => Promise<void>,
): Promise<void> {
  if (isWhole()) return;
  await makeFolders(realFileSystem, dirname(folder));
  const partial = `${folder}.${process.pid}.partial`;
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial);
    await fill(partial);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Removes what processes that are gone left half done. */
export async function removePartials(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names) {
    const pid = Number(PARTIAL.exec(basename(name))?.[2]);
    if (Number.isInteger(pid) && pid !== process.pid && !(await isProcessRunning(pid))) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}
