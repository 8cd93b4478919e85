import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Destination, destinationOf } from "./destination.js";
import { FileError, isSystemError, systemReason } from "./errors.js";
import { type FileSystem, namesIn, realFileSystem, syncFolder } from "./file-system.js";
import { send } from "./send.js";

export interface WriteOptions {
  readonly files?: FileSystem;
  /**
   * Whether only a regular file that can be replaced is written, as in a run folder: nothing is overwritten in place then,
   * even if the folder is not writable.
   */
  readonly regularOnly?: boolean;
  /** Ends the wait for the reader of a pipe. */
  readonly signal?: AbortSignal;
  /** Called when all is ready, right before the file takes its place; throws where it must not. */
  readonly beforeRename?: () => Promise<void>;
}

/** Short, so that it is valid wherever the file's own name is. */
const TEMPORARY = /^\.nin-[0-9a-f]{12}\.part$/;

/** Errors of a folder, or of a file mounted by itself into a container, after which the file can only be written in place. */
const ONLY_IN_PLACE: readonly unknown[] = ["EACCES", "EBUSY", "EPERM", "EROFS"];

/**
 * Writes a file atomically: under a temporary name in the same folder, synced, then renamed over the existing file, whose
 * mode and owner it keeps. A symbolic link is kept and its target replaced. A pipe, a terminal or a device such as
 * `/dev/null` is written to in place.
 *
 * A file that can be written but not replaced (in a folder that is not writable, or mounted by itself into a container)
 * is overwritten in place: a process that is killed meanwhile leaves half of it.
 *
 * @param path - a file in an existing folder
 * @throws FileError (`NIN_FILE_KIND`, `NIN_FILE_WRITE`); a regular file is unchanged then
 *
 * @example
 * ```ts
 * await writeFileAtomic("weights.safetensors", bytes);
 * ```
 */
export async function writeFileAtomic(
  path: string,
  content: Uint8Array | string,
  options: WriteOptions = {},
): Promise<void> {
  await writeFilesAtomic(new Map([[path, content]]), options);
}

/**
 * Writes files that belong together, each as `writeFileAtomic` does: all are on the disk before the first is renamed, so
 * that none is changed when one cannot be written. Throws as `writeFileAtomic` does.
 *
 * @param contents - by path, in the order in which the files appear: first those that others refer to
 */
export async function writeFilesAtomic(
  contents: ReadonlyMap<string, Uint8Array | string>,
  { files = realFileSystem, signal, regularOnly = false, beforeRename }: WriteOptions = {},
): Promise<void> {
  const prepared: Prepared[] = [];
  const temporaries = new Set<string>();
  try {
    for (const [path, content] of contents) {
      const found = await destinationOf(files, path);
      if (regularOnly && found.kind === "stream") {
        const problem = "cannot be written: expected a file, found a pipe or a device";
        throw new FileError("NIN_FILE_KIND", path, problem);
      }
      const destination: Target = found.kind === "file" ? { ...found, neverInPlace: regularOnly } : found;
      const bytes = typeof content === "string" ? Buffer.from(content) : content;
      await writing(path, async () => {
        const ready = await prepare(files, destination, bytes);
        prepared.push({ path, ...ready });
        if (ready.temporary !== undefined) temporaries.add(ready.temporary);
      });
    }
    for (const { path, bytes, destination, temporary } of prepared) {
      await beforeRename?.();
      await writing(path, async () => {
        if (destination.kind === "stream") return send(files, path, bytes, signal);
        if (temporary !== undefined && (await renamed(files, temporary, destination))) {
          temporaries.delete(temporary);
          return syncFolder(files, dirname(destination.path));
        }
        return overwrite(files, destination.path, bytes);
      });
    }
  } finally {
    // The first error is the one to report, not that the rest could not be removed either.
    for (const left of temporaries) await files.rm(left, { force: true }).catch(() => {});
  }
}

/**
 * Checks whether `writeFileAtomic` could write a file, before the work that produces it starts. Nothing is changed.
 *
 * @throws FileError, as `writeFileAtomic`
 */
export async function checkWritable(
  path: string,
  { files = realFileSystem }: Pick<WriteOptions, "files"> = {},
): Promise<void> {
  const destination = await destinationOf(files, path);
  await writing(path, async () => {
    if (destination.kind === "stream") return files.access(path, constants.W_OK);
    const created = await createTemporary(files, destination);
    if (created === undefined) return;
    await created.file.close().finally(() => files.rm(created.temporary, { force: true }));
  });
}

/** Removes the temporary files that a killed process left in a folder. Only for a folder in which no process is writing. */
export async function removeTemporaries(files: FileSystem, folder: string): Promise<void> {
  for (const name of await namesIn(files, folder)) {
    if (TEMPORARY.test(name)) await files.rm(join(folder, name), { force: true });
  }
}

/** A temporary path in a folder for a file that is being written. */
export function temporaryIn(folder: string): string {
  return join(folder, `.nin-${randomBytes(6).toString("hex")}.part`);
}

type RegularFile = Destination & { readonly kind: "file"; readonly neverInPlace?: boolean };
type Target = RegularFile | (Destination & { readonly kind: "stream" });

/** A file ready to be renamed from `temporary`, or to be written in place where that is missing. */
interface Prepared {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly destination: Target;
  readonly temporary?: string;
}

async function prepare(
  files: FileSystem,
  destination: Target,
  bytes: Uint8Array,
): Promise<Omit<Prepared, "path">> {
  const created = destination.kind === "file" ? await createTemporary(files, destination) : undefined;
  if (destination.kind !== "file" || created === undefined) return { bytes, destination };
  const { temporary, file } = created;
  try {
    try {
      await file.writeFile(bytes);
      await keepOwnerAndMode(file, destination);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await files.rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  return { bytes, destination, temporary };
}

/** False where the existing file can be written but not replaced. */
async function renamed(files: FileSystem, temporary: string, destination: RegularFile): Promise<boolean> {
  try {
    await files.rename(temporary, destination.path);
    return true;
  } catch (error) {
    if (isOnlyInPlace(error, destination)) return false;
    throw error;
  }
}

/** Truncates the existing file only after everything is written, so that less is lost on a full disk. */
async function overwrite(files: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  // Not for reading: a file may be write-only.
  const file = await files.open(path, constants.O_WRONLY);
  try {
    await file.writeFile(bytes);
    await file.truncate(bytes.length);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** `undefined` where no file can be created in the folder, but the existing one can be written. */
async function createTemporary(
  files: FileSystem,
  destination: RegularFile,
): Promise<{ readonly temporary: string; readonly file: FileHandle } | undefined> {
  const { path, existing } = destination;
  // A rename needs no permission for the file it replaces.
  if (existing !== undefined) await files.access(path, constants.W_OK);
  const temporary = temporaryIn(dirname(path));
  try {
    return { temporary, file: await files.open(temporary, "wx", existing === undefined ? 0o666 : 0o600) };
  } catch (error) {
    if (isOnlyInPlace(error, destination)) return undefined;
    throw error;
  }
}

/** Not in /proc and /sys, where writing a file changes a setting. */
function isOnlyInPlace(error: unknown, { path, existing, neverInPlace }: RegularFile): boolean {
  if (existing === undefined || neverInPlace === true || /^\/(?:proc|sys)\//.test(path)) return false;
  return ONLY_IN_PLACE.includes((error as NodeJS.ErrnoException).code);
}

async function keepOwnerAndMode(file: FileHandle, { existing }: RegularFile): Promise<void> {
  if (existing === undefined || process.platform === "win32") return;
  const { uid, gid } = await file.stat();
  const isSame = uid === existing.uid && gid === existing.gid;
  // Only root can change the owner; for others the file becomes theirs, as with any editor.
  const isKept = isSame || (await file.chown(existing.uid, existing.gid).then(succeeded, failed));
  // A setuid program must not become one that runs as another user.
  await file.chmod(isKept ? existing.mode : existing.mode & 0o777);
}

const succeeded = (): boolean => true;
const failed = (): boolean => false;

/** Converts errors of the file system to those of this package. */
export async function writing<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new FileError("NIN_FILE_WRITE", path, `cannot be written: ${systemReason(error)}`, {
      cause: error,
    });
  }
}
