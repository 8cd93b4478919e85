import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { packAll } from "./pack.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of every published package's tarball. */
    readonly tarballs: string;
  }
}

/** Packs every published package before the tests that look at tarballs, once for all of them. */
export default async function packOnce(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "nin-tarballs-"));
  await packAll(folder);
  project.provide("tarballs", folder);
  return () => rm(folder, { recursive: true, force: true });
}
