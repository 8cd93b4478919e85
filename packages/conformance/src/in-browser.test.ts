import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Browser } from "@nin/headless-chromium";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { conformanceCases } from "./cases.js";
import type { ConformanceReport } from "./report/report.js";
import { lacking } from "./testing/requirements.js";

/** For a page that hangs: machines may be busy. Units: milliseconds. */
const RUN_MS = 600_000;
const WIDTH = 800;

let browser: Browser | undefined;
let whyNot = "";

beforeAll(async () => {
  browser = await Browser.start().catch((error: Error) => {
    whyNot = error.message;
    return undefined;
  });
}, 120_000);
afterAll(() => browser?.close());

test("the reference passes in a page of a browser, and what a page lacks is skipped by name", {
  timeout: RUN_MS,
}, async ({ skip }) => {
  if (browser === undefined) return lacking("chromium", whyNot, skip);
  const page = await browser.open(await suiteAsPage(), WIDTH);
  const report = (await page.evaluate("runInPage()")) as ConformanceReport;
  const failures = report.cases.filter(({ status }) => status !== "passed" && status !== "skipped");
  expect(failures).toEqual([]);
  const quick = conformanceCases().filter((entry) => entry.quick);
  const skipped = quick.filter(({ needs = [] }) => needs.some((feature) => feature !== "fixtures"));
  expect(report.cases.filter(({ status }) => status === "skipped").map(({ id }) => id)).toEqual(
    skipped.map(({ id }) => id),
  );
  expect(report.passed).toBe(quick.length - skipped.length);
  expect(report.passed).toBeGreaterThan(300);
  expect(page.complaints).toEqual([]);
});

/** A page that has the suite, the reference and every fixture in it, and defines `runInPage`. */
async function suiteAsPage(): Promise<string> {
  const folder = fileURLToPath(new URL("../fixtures", import.meta.url));
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith(".json"));
  const imports = paths.map((path, index) => `import text${index} from "../fixtures/${path}";`);
  const entries = paths.map((path, index) => `[${JSON.stringify(path)}, text${index}]`);
  const contents = `
    import { createReferenceBackend } from "@nin/backend-reference";
    import { runConformance } from "./index.js";
    ${imports.join("\n")}
    const fixtures = new Map([${entries.join()}]);
    const host = { readFixture: async (path) => fixtures.get(path) };
    globalThis.runInPage = () => runConformance(createReferenceBackend(), { quick: true, host });
  `;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    format: "iife",
    platform: "browser",
    loader: { ".json": "text" },
    write: false,
  });
  const script = outputFiles[0]?.text ?? "";
  // A closing tag inside a text of the script would end it.
  return `<!doctype html><meta charset="utf-8"><script>${script.replaceAll("</script", "<\\/script")}</script>`;
}
