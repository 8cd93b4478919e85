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
   * Whether anything but a regular file that can be replaced is refused, as for what lies in a run folder: nothing is
   * overwritten in place then, whatever the folder refuses.
   */
  readonly regularOnly?: boolean;
  /** Ends waiting for the reader of a pipe. */
  readonly signal?: AbortSignal;
}

/** Short, so that it fits wherever the file's own name does. */
const TEMPORARY = /^\.nin-[0-9a-f]{12}\.part$/;

/** Refusals of a folder, or of a file that a container mounted alone, that leave writing into the file itself. */
const ONLY_IN_PLACE: readonly unknown[] = ["EACCES", "EBUSY", "EPERM", "EROFS"];

/**
 * Writes a file whole or not at all: under a temporary name in the same folder, synced, then renamed over what is
 * there, whose mode and owner it keeps. A symbolic link stays and what it points to is replaced. A pipe, a terminal or
 * a device such as `/dev/null` is written to as it is.
 *
 * A file that may be written but not be replaced, in a folder that may not be written or mounted by itself into a
 * container, is overwritten in place: a process that is killed meanwhile leaves half of it.
 *
 * @param path - a file in a folder that exists
 * @throws `FileError` (`NIN_FILE_KIND`, `NIN_FILE_WRITE`); a regular file is unchanged then
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
 * Writes files that belong together, each as `writeFileAtomic` does: all are on the disk before the first of them is
 * given its name, so that where one cannot be written none is changed.
 *
 * @param contents - by path, in the order in which they get their names: first what others refer to
 * @throws as `writeFileAtomic`
 */
export async function writeFilesAtomic(
  contents: ReadonlyMap<string, Uint8Array | string>,
  { files = realFileSystem, signal, regularOnly = false }: WriteOptions = {},
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
    // What went wrong is reported, not that the rest could not be removed either.
    for (const left of temporaries) await files.rm(left, { force: true }).catch(() => {});
  }
}

/**
 * Finds out whether `writeFileAtomic` could write a file, before the work begins whose result it is. Nothing is changed.
 *
 * @throws `FileError` as `writeFileAtomic`
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

/** Removes what a process that was killed while it wrote has left in a folder. Only for a folder in which nobody writes. */
export async function removeTemporaries(files: FileSystem, folder: string): Promise<void> {
  for (const name of await namesIn(files, folder)) {
    if (TEMPORARY.test(name)) await files.rm(join(folder, name), { force: true });
  }
}

/** A name in a folder for a file that is being written. */
export function temporaryIn(folder: string): string {
  return join(folder, `.nin-${randomBytes(6).toString("hex")}.part`);
}

type RegularFile = Destination & { readonly kind: "file"; readonly neverInPlace?: boolean };
type Target = RegularFile | (Destination & { readonly kind: "stream" });

/** What is to get its name; `temporary` is where it is written already, none where it is only written then. */
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

/** False where the file that is there cannot be replaced, but can be written. */
async function renamed(files: FileSystem, temporary: string, destination: RegularFile): Promise<boolean> {
  try {
    await files.rename(temporary, destination.path);
    return true;
  } catch (error) {
    if (isOnlyInPlace(error, destination)) return false;
    throw error;
  }
}

/** What is there is cut only when all has been written: on a full disk less is lost. */
async function overwrite(files: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  // Not for reading: a file may be writable alone.
  const file = await files.open(path, constants.O_WRONLY);
  try {
    await file.writeFile(bytes);
    await file.truncate(bytes.length);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Undefined where the folder takes no new file, and the one that is there can be written. */
async function createTemporary(
  files: FileSystem,
  destination: RegularFile,
): Promise<{ readonly temporary: string; readonly file: FileHandle } | undefined> {
  const { path, existing } = destination;
  // A rename asks for no right to the file it replaces.
  if (existing !== undefined) await files.access(path, constants.W_OK);
  const temporary = temporaryIn(dirname(path));
  try {
    return { temporary, file: await files.open(temporary, "wx", existing === undefined ? 0o666 : 0o600) };
  } catch (error) {
    if (isOnlyInPlace(error, destination)) return undefined;
    throw error;
  }
}

/** Not in the file systems by which Linux shows itself, where writing is setting. */
function isOnlyInPlace(error: unknown, { path, existing, neverInPlace }: RegularFile): boolean {
  if (existing === undefined || neverInPlace === true || /^\/(?:proc|sys)\//.test(path)) return false;
  return ONLY_IN_PLACE.includes((error as NodeJS.ErrnoException).code);
}

async function keepOwnerAndMode(file: FileHandle, { existing }: RegularFile): Promise<void> {
  if (existing === undefined || process.platform === "win32") return;
  const { uid, gid } = await file.stat();
  const isSame = uid === existing.uid && gid === existing.gid;
  // Only root may give a file away; for others it becomes theirs, as with any editor.
  const isKept = isSame || (await file.chown(existing.uid, existing.gid).then(succeeded, failed));
  // A program that runs as its owner is not to become one that runs as someone else.
  await file.chmod(isKept ? existing.mode : existing.mode & 0o777);
}

const succeeded = (): boolean => true;
const failed = (): boolean => false;

/** Gives what the file system refuses the form of this package's errors. */
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
