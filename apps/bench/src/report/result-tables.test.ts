import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("../../scripts/result-tables.mjs", import.meta.url));
const BENCHMARK = fileURLToPath(new URL("../../../../docs/benchmark.md", import.meta.url));
const README = fileURLToPath(new URL("../../../../README.md", import.meta.url));
const SUMMARY_MARKS = "<!-- benchmark summary: begin -->\n<!-- benchmark summary: end -->\n";

describe.skipIf(!existsSync(BENCHMARK))("tables of committed results", () => {
  it.each([
    ["docs/benchmark.md", BENCHMARK],
    ["README.md", README],
  ])("are in %s as the script writes them", async (_, document) => {
    expect(await withCopy((copy) => copyFile(document, copy))).toBe(await readFile(document, "utf8"));
  });

  it("are every case in docs/benchmark.md", async () => {
    const written = await readFile(BENCHMARK, "utf8");
    expect(written).toContain("**nin, batch 128, train**");
    expect(written).toContain("**nin, batch 4, forward**");
  });

  it("are five rows in README.md, on a processor and on a GPU", async () => {
    const written = await withCopy((copy) => writeFile(copy, SUMMARY_MARKS));
    const rows = written.split("\n").filter((line) => line.startsWith("| "));
    expect(rows).toHaveLength(2 + 5);
    expect(written).toMatch(/\| `onnxruntime` `cpu` +\| 2 cores of a Xeon with AVX-512 \| +[\d.]+ \|/);
    expect(written).toMatch(/\| `webgpu` `gpu` +\| NVIDIA H200 +\| +10,\d{3} \|/);
  });

  it("need their marks", async () => {
    const refused = withCopy((copy) => writeFile(copy, "# Nothing\n"));
    await expect(refused).rejects.toThrow(/expected the lines <!-- benchmark: begin -->/);
  });
});

/** What a document is after the script has written its tables. */
async function withCopy(write: (copy: string) => Promise<void>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nin-bench-tables-"));
  try {
    const copy = join(folder, "document.md");
    await write(copy);
    await promisify(execFile)(process.execPath, [SCRIPT, copy]);
    return await readFile(copy, "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
