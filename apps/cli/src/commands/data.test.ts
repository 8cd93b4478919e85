import { readdir } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { inNewFolder } from "@nin/test-support";
import { expect, it } from "vitest";
import { nin } from "../testing/nin.js";

/** The length of train-images-idx3-ubyte.gz, the first file that is downloaded. */
const TRAIN_IMAGES_BYTES = 26_421_880;

it("a download with another SHA-256 is refused, and nothing of it is kept", async () => {
  const server = createServer((_request, response) => response.end(Buffer.alloc(TRAIN_IMAGES_BYTES)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await inNewFolder(async (cwd) => {
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      const env = { XDG_CACHE_HOME: join(cwd, "cache"), NIN_DATA_MIRROR: `http://127.0.0.1:${port}/` };
      const { status, stdout, stderr } = await nin(["data", "fetch", "fashion-mnist"], { cwd, env });
      const lines = stderr.trimEnd().split("\n");
      expect(lines.at(-1)).toMatch(
        /^nin: .*train-images-idx3-ubyte\.gz: expected .*SHA-256 3aede38d.*sent other bytes/,
      );
      expect(lines.slice(0, -1).every((line) => line.startsWith("Downloading "))).toBe(true);
      expect([status, stdout]).toEqual([2, ""]);
      expect(await filesBelow(cwd)).toEqual([]);
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
