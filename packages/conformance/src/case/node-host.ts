import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { packageFile, readFileBounded, readTextBounded, SIZE_LIMITS } from "@nin/files";
import type { CaseFiles, ConformanceHost } from "./host.js";

/** Units: milliseconds. */
const FREEING_MS = 50;

/** The host for Node: folders below the system's temporary one, the package's fixtures, the memory of the process. */
export function createNodeHost(): ConformanceHost {
  return {
    withFiles,
    readFixture: (path) =>
      readTextBounded(packageFile(import.meta.url, "@nin/conformance", `fixtures/${path}`), {
        maxBytes: SIZE_LIMITS.record,
        regularOnly: true,
      }),
    memoryBytes,
  };
}

async function withFiles<Result>(use: (files: CaseFiles) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "nin-conformance-"));
  try {
    return await use({
      write: (name, bytes) => writeFile(join(folder, name), bytes),
      read: (name) =>
        readFileBounded(join(folder, name), { maxBytes: SIZE_LIMITS.tensors, regularOnly: true }),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Resident memory after garbage collection, and after the turn of the event loop that frees what was collected. */
async function memoryBytes(): Promise<number> {
  collectGarbage();
  await setTimeout(FREEING_MS);
  collectGarbage();
  return process.memoryUsage.rss();
}

/** V8 hides its garbage collector behind a flag, which can be set while the process runs. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
}
