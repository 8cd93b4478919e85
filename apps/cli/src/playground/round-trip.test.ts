import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Page, useBrowser } from "@nin/headless-chromium";
import { inNewFolder, smallIdxFiles, writeIdxFolder } from "@nin/test-support";
import { strFromU8, unzipSync, zipSync } from "fflate";
import { expect, it } from "vitest";
import { startNin } from "../testing/run-nin.js";

const browserOf = useBrowser({ webgpu: true });

async function phase(page: Page, name: string): Promise<void> {
  await page.getByRole("status").filter({ hasText: name }).waitFor();
}
