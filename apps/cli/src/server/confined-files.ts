import { constants } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { FileError, type FileSystem, realFileSystem } from "@nin/files";

/** The part of an opened file's flags that says whether it is read or written. */
const ACCESS_MODE = constants.O_RDONLY | constants.O_WRONLY | constants.O_RDWR;

/**
 * Node's file system for reading below one folder: a path that leads elsewhere, or over a symbolic link, is refused.
 * Nothing can be written.
 *
 * @param root - absolute and real, itself without symbolic links
 */
export function confinedFileSystem(root: string): FileSystem {
  const confined = async (path: unknown): Promise<string> => {
    const full = resolve(String(path));
    const below = relative(root, full);
    if (below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below))
      throw new FileError("NIN_FILE_KIND", full, "cannot be read: it is not below the folder served");
    const real = await realFileSystem.realpath(full);
    if (real === full) return full;
    throw new FileError("NIN_FILE_KIND", full, "cannot be read: symbolic links are not followed");
  };
  const open = async (path: unknown, flags: unknown = constants.O_RDONLY) => {
    const isReading =
      flags === "r" || (typeof flags === "number" && (flags & ACCESS_MODE) === constants.O_RDONLY);
    if (!isReading) return refused(path);
    return realFileSystem.open(await confined(path), flags);
  };
  const refused = (path: unknown): Promise<never> =>
    Promise.reject(new FileError("NIN_FILE_WRITE", String(path), "cannot be written: it is only read here"));
  return {
    ...realFileSystem,
    access: async (path, mode) => realFileSystem.access(await confined(path), mode),
    open: open as FileSystem["open"],
    readFile: (async (path: string, options: BufferEncoding) =>
      realFileSystem.readFile(await confined(path), options)) as FileSystem["readFile"],
    readdir: (async (path: string, options: { withFileTypes: true }) =>
      realFileSystem.readdir(await confined(path), options)) as unknown as FileSystem["readdir"],
    stat: (async (path: string) => realFileSystem.stat(await confined(path))) as FileSystem["stat"],
    lstat: (async (path: string) => realFileSystem.lstat(await confined(path))) as FileSystem["lstat"],
    ...{ link: refused, mkdir: refused, rename: refused, rm: refused, rmdir: refused },
  };
}
