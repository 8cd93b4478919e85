import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inNewFolder } from "@nin/test-support";
import { expect, it } from "vitest";
import { PageWriter } from "./page-writer.js";

const results = (study: string): string =>
  JSON.stringify({ format: "nin-study-results", version: 1, study, runs: [] });

it("writes the page while the study runs, and as it is at the end without waiting", () =>
  inNewFolder(async (folder) => {
    const page = () => readFile(join(folder, "report.html"), "utf8").catch(() => "");
    await writeFile(join(folder, "results.json"), results("early"));
    const writer = new PageWriter(folder);
    writer.update();
    await expect.poll(page).toContain("early");
    await writeFile(join(folder, "results.json"), results("later"));
    // Too soon after the one before it.
    writer.update();
    const startedAt = performance.now();
    expect(await writer.finish()).toBe(join(folder, "report.html"));
    expect(performance.now() - startedAt).toBeLessThan(4000);
    expect(await page()).toContain("later");
  }));

it("reports what keeps the page from being written at the end alone", () =>
  inNewFolder(async (folder) => {
    const writer = new PageWriter(folder);
    writer.update();
    await expect(writer.finish()).rejects.toMatchObject({ code: "NIN_STUDY" });
  }));
