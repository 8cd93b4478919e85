import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { withResultTables } from "./result-tables.js";

const BENCHMARK = fileURLToPath(new URL("../../../../docs/benchmark.md", import.meta.url));
const README = fileURLToPath(new URL("../../../../README.md", import.meta.url));
const SUMMARY_MARKS = "<!-- benchmark summary: begin -->\n<!-- benchmark summary: end -->\n";

describe.skipIf(!existsSync(BENCHMARK))("tables of committed results", () => {
  it.each([
    ["docs/benchmark.md", BENCHMARK],
    ["README.md", README],
  ])("are in %s as they are written", async (_, document) => {
    const text = await readFile(document, "utf8");
    expect(await withResultTables(text)).toBe(text);
  });

  it("are every case in docs/benchmark.md", async () => {
    const written = await readFile(BENCHMARK, "utf8");
    expect(written).toContain("**nin, batch 128, train**");
    expect(written).toContain("**nin, batch 4, forward**");
  });

  it("are five rows in README.md, on a processor and on a GPU", async () => {
    const written = await withResultTables(SUMMARY_MARKS);
    const rows = written.split("\n").filter((line) => line.startsWith("| "));
    expect(rows).toHaveLength(2 + 5);
    expect(written).toMatch(/\| `onnxruntime` `cpu` +\| 2 cores of a Xeon with AVX-512 \| +[\d.]+ \|/);
    expect(written).toMatch(/\| `webgpu` `gpu` +\| NVIDIA H200 +\| +10,\d{3} \|/);
  });

  it("need their marks", async () => {
    await expect(withResultTables("# Nothing\n")).rejects.toThrow(
      /expected the lines <!-- benchmark: begin -->/,
    );
  });
});
