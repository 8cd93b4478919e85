import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createReferenceBackend } from "@nin/backend-reference";
import { type OpenedPage, type Page, useBrowser } from "@nin/headless-chromium";
import { at } from "@nin/spec";
import { build } from "esbuild";
import { beforeAll, describe, expect, it, type TestContext, test } from "vitest";
import { runConformance } from "./index.js";
import type { ConformanceReport } from "./report/report.js";
import { conformanceCases } from "./runner/cases.js";
import type { CaseSelection } from "./runner/run-conformance.js";

/** For a page that hangs; generous, because machines may be busy. Units: milliseconds. */
const RUN_MS = 600_000;
const WIDTH = 800;

const browserOf = useBrowser();
let document = "";
beforeAll(async () => {
  document = await suiteAsPage();
}, 120_000);

describe("the reference in a page of a browser", { timeout: RUN_MS }, () => {
  it("passes the quick cases, and skips those that need what the page lacks", async (context) => {
    const { page, complaints } = await openPage(context);
    const report = await run(page, "fixtures", { quick: true });
    expect(report.cases.filter(({ status }) => !["passed", "skipped"].includes(status))).toEqual([]);
    const skipped = conformanceCases()
      .filter(({ quick, needs = [] }) => quick && needs.some((feature) => feature !== "fixtures"))
      .map(({ id }) => id);
    expect(report.cases.filter(({ status }) => status === "skipped").map(({ id }) => id)).toEqual(skipped);
    expect(report.passed).toBeGreaterThan(300);
    expect(complaints).toEqual([]);
  });

  it.for([
    ["forward/pytorch/", "fixtures"],
    ["lifecycle/models/leak", "memory"],
  ] as const)("skips %s by name for want of %s", async ([filter, feature], context) => {
    const { page } = await openPage(context);
    const report = await run(page, "nothing", { filter });
    expect(report.cases.map(({ id }) => id)).toEqual(
      conformanceCases().flatMap(({ id }) => (id.includes(filter) ? [id] : [])),
    );
    expect(report).toMatchObject({ passed: 0, failed: 0, skipped: report.cases.length });
    for (const { detail } of report.cases) expect(detail).toBe(`this host lacks: ${feature}`);
  });
});

async function openPage(context: TestContext): Promise<OpenedPage> {
  return browserOf(context).open(document, WIDTH);
}

/** Runs cases in the page, whose host has either the fixtures or nothing. */
async function run(
  page: Page,
  host: "fixtures" | "nothing",
  selection: CaseSelection,
): Promise<ConformanceReport> {
  const call = `runInPage(${JSON.stringify(host)}, ${JSON.stringify(selection)})`;
  return page.evaluate<ConformanceReport>(call);
}

/** A page that contains the suite, the reference and every fixture, and defines `runInPage`. */
async function suiteAsPage(): Promise<string> {
  const folder = fileURLToPath(new URL("../fixtures", import.meta.url));
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith(".json"));
  const imports = paths.map((path, index) => `import text${index} from "../fixtures/${path}";`);
  const entries = paths.map((path, index) => `[${JSON.stringify(path)}, text${index}]`);
  const contents = `
    import { createReferenceBackend } from "@nin/backend-reference";
    import { bareHost, runConformance } from "./index.js";
    ${imports.join("\n")}
    const texts = new Map([${entries.join()}]);
    const hosts = { nothing: bareHost, fixtures: { readFixture: async (path) => texts.get(path) } };
    globalThis.runInPage = (host, selection) =>
      runConformance(createReferenceBackend(), { ...selection, host: hosts[host] });
  `;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    format: "iife",
    platform: "browser",
    loader: { ".json": "text" },
    write: false,
  });
  const script = at(outputFiles, 0).text;
  // A closing tag inside a string of the script would end the script.
  return `<!doctype html><meta charset="utf-8"><script>${script.replaceAll("</script", "<\\/script")}</script>`;
}

const entry = fileURLToPath(new URL("index.ts", import.meta.url));
const OPTIONS = {
  bundle: true,
  format: "esm",
  platform: "browser",
  write: false,
  logLevel: "silent",
} as const;

test("the main entry bundles for the browser", async () => {
  const { outputFiles, errors } = await build({ ...OPTIONS, entryPoints: [entry] });
  expect(errors).toEqual([]);
  expect(at(outputFiles, 0).text).toContain("runConformance");
  expect(at(outputFiles, 0).text).not.toMatch(/["']node:/);
});

// fast-check asks whether there is a Buffer.
test("our code in it does not need Node", async () => {
  const { outputFiles } = await build({ ...OPTIONS, entryPoints: [entry], external: ["fast-check"] });
  expect(at(outputFiles, 0).text).toContain("runConformance");
  expect(at(outputFiles, 0).text).not.toMatch(/["']node:|\bprocess\.|\bBuffer\b/);
});

test("without any features of the host files are kept in memory, and cases that need more are skipped by name", async () => {
  const backend = createReferenceBackend();
  const files = await runConformance(backend, { filter: "files/", quick: true });
  expect(files.cases.length).toBeGreaterThan(10);
  expect(files).toMatchObject({ passed: files.cases.length, failed: 0, skipped: 0 });
  const leak = await runConformance(backend, { filter: "lifecycle/models/leak" });
  expect(leak).toMatchObject({ passed: 0, skipped: 1, cases: [{ detail: "this host lacks: memory" }] });
});
