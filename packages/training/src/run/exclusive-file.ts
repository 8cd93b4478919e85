import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import type { FileSystem } from "@nin/files";

/** What file systems without links answer: FAT, some of the network. */
const NO_LINKS: readonly string[] = ["EPERM", "ENOSYS", "EOPNOTSUPP", "ENOTSUP", "EMLINK"];
const ATTEMPTS = 20;

/**
 * Makes a file that is there with its whole content or not at all, unless there is one of its name: of several
 * processes exactly one makes it. Where the file system has no links, it is empty at first.
 *
 * @returns whether this call made it
 */
export async function createExclusively(files: FileSystem, path: string, text: string): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const temporary = join(dirname(path), `.nin-${randomBytes(6).toString("hex")}.part`);
    try {
      await openExclusively(files, temporary, text);
      return await linkExclusively(files, temporary, path, text);
    } catch (error) {
      // The holder of the lock removes what others left, and may take this for it.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || attempt === ATTEMPTS) throw error;
    } finally {
      await files.rm(temporary, { force: true });
    }
  }
}

/** Gives a file with this text another name, unless that is taken. Where there are no links, it is copied. */
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
    const { code = "" } = error as NodeJS.ErrnoException;
    if (NO_LINKS.includes(code)) return openExclusively(files, path, text);
    if (code !== "EEXIST") throw error;
    // A server may have done it, and been asked again as its answer was lost.
    return isSameFile(files, existing, path);
  }
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
    // An empty file would hold others up. A dead process's file system removes nothing.
    await files.rm(path, { force: true }).catch(() => {});
    throw error;
  }
}
