import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Machine } from "../platform.js";

/** A folder of the running test's own, which is gone after it. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nin-adapter-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A Linux x64 machine whose file system holds these files and nothing else. */
export async function machineWith(
  files: Readonly<Record<string, string>>,
  changes: Partial<Machine> = {},
): Promise<Machine> {
  const root = `${await emptyFolder()}/`;
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return {
    platform: "linux",
    arch: "x64",
    glibc: true,
    env: {},
    homeFolder: join(root, "home"),
    root,
    ...changes,
  };
}

/** A driver's manifest. */
export function manifest(library: string): string {
  return JSON.stringify({
    file_format_version: "1.0.0",
    ICD: { library_path: library, api_version: "1.3.0" },
  });
}
