import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CaseFiles, ConformanceHost } from "./host.js";

const FIXTURES = new URL("../fixtures/", import.meta.url);

/** What Node has: folders below the system's temporary one, the package's fixtures, the process's memory. */
export function createNodeHost(): ConformanceHost {
  return {
    withFiles,
    readFixture: (path) => readFile(fileURLToPath(new URL(path, FIXTURES)), "utf8"),
    memoryBytes,
  };
}

async function withFiles<Result>(use: (files: CaseFiles) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "nin-conformance-"));
  try {
    return await use({
      write: (name, bytes) => writeFile(join(folder, name), bytes),
      read: (name) => readFile(join(folder, name)),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Resident memory, after a collection where the process was started with `--expose-gc`. */
async function memoryBytes(): Promise<number> {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
