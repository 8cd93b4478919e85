import { basename, dirname, join, resolve } from "node:path";
import { FileError, systemReason } from "./errors.js";
import type { FileSystem } from "./file-system.js";

/** What is really written when a path is written. */
export type Destination =
  /** A regular file, or one that does not exist yet: replaced as a whole. `existing` describes the current file. */
  | {
      readonly kind: "file";
      readonly path: string;
      readonly existing?: { readonly mode: number; readonly uid: number; readonly gid: number };
    }
  /** A pipe, a terminal, `/dev/null` or an open file descriptor: written to in place. */
  | { readonly kind: "stream"; readonly path: string };

const MAX_LINKS = 40;

/**
 * Follows symbolic links, including dangling ones, to what would be written.
 *
 * @throws FileError for an empty path, a folder, a disk, a socket, and errors of the file system
 */
export async function destinationOf(files: FileSystem, path: string): Promise<Destination> {
  if (path === "")
    throw new FileError("NIN_FILE_KIND", '""', "expected the path of a file to write, got an empty one");
  try {
    return await followed(files, path);
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError("NIN_FILE_WRITE", path, `cannot be written: ${systemReason(error)}`, {
      cause: error,
    });
  }
}

async function followed(files: FileSystem, path: string): Promise<Destination> {
  const refuse = (what: string): never => {
    throw new FileError("NIN_FILE_KIND", path, `cannot be written: it is ${what}`);
  };
  if (/[/\\]$/.test(path)) refuse("a folder");
  const info = await files.stat(path).catch(undefinedIfMissing);
  if (info?.isDirectory() === true) refuse("a folder");
  if (info?.isBlockDevice() === true) refuse("a disk");
  if (info?.isSocket() === true) refuse("a socket");
  if (info !== undefined && !info.isFile()) return { kind: "stream", path };
  const place = await withoutLinks(files, resolve(path));
  if (place === undefined) return { kind: "stream", path };
  if (info === undefined) return { kind: "file", path: place };
  const { mode, uid, gid } = info;
  return { kind: "file", path: place, existing: { mode: mode & 0o7777, uid, gid } };
}

/** The path of the file itself; `undefined` for a link in /proc, such as /dev/stdout, which refers to an open file. */
async function withoutLinks(files: FileSystem, path: string): Promise<string | undefined> {
  let current = path;
  for (let links = 0; links <= MAX_LINKS; links += 1) {
    current = join(await files.realpath(dirname(current)), basename(current));
    const info = await files.lstat(current).catch(undefinedIfMissing);
    if (info?.isSymbolicLink() !== true) return current;
    if (current.startsWith("/proc/")) return undefined;
    current = resolve(dirname(current), await files.readlink(current));
  }
  throw Object.assign(new Error("too many links"), { code: "ELOOP" });
}

function undefinedIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
