import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives `use` a new folder, and removes it afterwards. */
export async function withTemporaryFolder(use) {
  const folder = await mkdtemp(join(tmpdir(), "nin-card-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
