import type { FileSystem, realFileSystem } from "@nin/files";
import type { RunLock } from "@nin/training/node";

/** What a process of the race takes locks with: this build's, or another one's. */
export interface LockModules {
  readonly RunLock: Pick<typeof RunLock, "take">;
  readonly files: FileSystem;
}

/** Imports `RunLock` and the file system from the modules that the command line names. */
export async function importLock(lockModule: string, filesModule: string): Promise<LockModules> {
  const lock = (await import(lockModule)) as { readonly RunLock: typeof RunLock };
  const files = (await import(filesModule)) as { readonly realFileSystem: typeof realFileSystem };
  return { RunLock: lock.RunLock, files: files.realFileSystem };
}

/** An error's message, and its code where it has one. */
export function problemOf(error: unknown): { readonly code?: string; readonly message: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = error as NodeJS.ErrnoException;
  return { message: error.message, ...(code === undefined ? {} : { code }) };
}

/** Answers the process that started this one. */
export function answer(message: object): void {
  process.send?.(message);
}
