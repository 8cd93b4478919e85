import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { type FileSystem, syncFolder, writeSynced } from "@nin/files";

/** Errors of file systems without hard links: FAT, some network file systems. */
const NO_LINKS: readonly string[] = ["EPERM", "ENOSYS", "EOPNOTSUPP", "ENOTSUP", "EMLINK"];
const ATTEMPTS = 20;

/**
 * Creates a file, with its whole content at once, unless one of this name exists: of several processes exactly one
 * creates it. On a file system without hard links it is empty at first.
 *
 * @returns whether this call created it
 */
export async function createExclusively(files: FileSystem, path: string, text: string): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const temporary = temporaryBeside(path);
    try {
      await openExclusively(files, temporary, text);
      return await linkExclusively(files, temporary, path, text);
    } catch (error) {
      // The holder of the lock removes leftover files, and may have taken the temporary file for one.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || attempt === ATTEMPTS) throw error;
    } finally {
      await files.rm(temporary, { force: true });
    }
  }
}

/**
 * The same, for a file that is to be there also when the power fails.
 *
 * @param requireLock - called right before the file takes its place; throws when this process must no longer write
 */
export async function createSynced(
  files: FileSystem,
  path: string,
  text: string,
  requireLock: () => Promise<void>,
): Promise<boolean> {
  const temporary = temporaryBeside(path);
  try {
    await writeSynced(files, temporary, text);
    await requireLock();
    const isCreated = await linkExclusively(files, temporary, path, text);
    if (isCreated) await syncFolder(files, dirname(path));
    return isCreated;
  } finally {
    await files.rm(temporary, { force: true });
  }
}

/** Links a file with this text to another name, unless that is taken. Without hard links it is copied. */
export async function linkExclusively(
  files: FileSystem,
  existing: string,
  path: string,
  text: string,
): Promise<boolean> {
  try {
    await files.link(existing, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && NO_LINKS.includes(code)) return openExclusively(files, path, text);
    if (code !== "EEXIST") throw error;
    // A server may have created the link and lost its answer, so that it was asked again.
    return isSameFile(files, existing, path);
  }
}

/** A name that `removeTemporaries` of `@nin/files` knows. */
function temporaryBeside(path: string): string {
  return join(dirname(path), `.nin-${randomBytes(6).toString("hex")}.part`);
}

async function isSameFile(files: FileSystem, one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([files.stat(one), files.stat(other)].map(ignoringMissing));
  return first !== undefined && second !== undefined && first.ino === second.ino && first.dev === second.dev;
}

function ignoringMissing<Result>(work: Promise<Result>): Promise<Result | undefined> {
  return work.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

async function openExclusively(files: FileSystem, path: string, text: string): Promise<boolean> {
  try {
    const file = await files.open(path, "wx");
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    // An empty file would make others wait. When the removal fails too, the first error is the one to report.
    await files.rm(path, { force: true }).catch(() => {});
    throw error;
  }
}
