import { rename, rm, writeFile } from "node:fs/promises";
import { UsageError } from "./usage-error.js";

/** Writes a file whole or not at all. Throws: `UsageError` when it cannot be written. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path}: cannot be written: ${reason}`, { cause: error });
  }
}
