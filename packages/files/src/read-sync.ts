import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { FileError, isSystemError, systemReason } from "./errors.js";

/**
 * Reads a small regular file synchronously as UTF-8 text: for what must be known while a module is loaded or a device is
 * looked for. Pipes, devices and folders are refused without waiting.
 *
 * @param maxBytes - a larger file is refused
 * @throws FileError
 */
export function readTextBoundedSync(path: string, maxBytes: number): string {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const info = fstatSync(file);
      if (!info.isFile())
        throw new FileError("NIN_FILE_KIND", path, "cannot be read: expected a regular file");
      if (info.size > maxBytes) throw tooLarge(path, maxBytes);
      // One byte more than allowed, as the file may grow while it is read.
      const buffer = Buffer.allocUnsafe(Math.min(info.size, maxBytes) + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length < buffer.length; length += read)
        read = readSync(file, buffer, length, buffer.length - length, null);
      if (length > maxBytes) throw tooLarge(path, maxBytes);
      return buffer.toString("utf8", 0, length);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const code = error.code === "ENOENT" ? "NIN_FILE_MISSING" : "NIN_FILE_READ";
    throw new FileError(code, path, `cannot be read: ${systemReason(error)}`, { cause: error });
  }
}

function tooLarge(path: string, maxBytes: number): FileError {
  return new FileError("NIN_FILE_SIZE", path, `too large: expected at most ${maxBytes} bytes`);
}
