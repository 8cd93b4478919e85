import { rename, rm, writeFile } from "node:fs/promises";
import { systemReason } from "./system-reason.js";
import { UsageError } from "./usage-error.js";

/** Writes a file whole or not at all. Throws: `UsageError` when it cannot be written. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new UsageError(`${path}: cannot be written: ${systemReason(error)}`, { cause: error });
  }
}
