import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new empty folder, which the caller removes. */
export function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "nin-test-"));
}

/** Calls `use` with a new empty folder, and removes the folder afterwards. */
export async function inNewFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await newFolder();
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The paths of everything in a folder, sorted; those of folders end in a slash. */
export async function namesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .map(
      (entry) =>
        join(entry.parentPath, entry.name).slice(folder.length + 1) + (entry.isDirectory() ? "/" : ""),
    )
    .sort();
}

/** The objects of a file with one JSON object per line. */
export async function readJsonLines(path: string): Promise<readonly Record<string, unknown>[]> {
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
