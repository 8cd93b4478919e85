import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ConformanceReport, conformanceCases, type SearchResult } from "@nin/conformance";
import { useBrowser } from "@nin/headless-chromium";
import { build } from "vite";
import { beforeAll, describe, expect, it } from "vitest";

/** A software adapter in a page. Units: milliseconds. */
const RUN_MS = 600_000;

/** Random architectures, of SwiftShader some 3 s each. */
const RANDOM = Number(process.env.NIN_BROWSER_RANDOM ?? 5);

/** Cases of the tutorial's network at 224x224 take SwiftShader a minute. */
const LARGE = /^(shapes|parameters)\/(network|published)\/nin(-imagenet)?$/;

const browserOf = useBrowser({ webgpu: true });
let document = "";
beforeAll(async () => {
  document = await suiteAsPage();
}, 120_000);

describe("WebGPU in a page of a browser, bundled by Vite", { timeout: RUN_MS }, () => {
  it("passes the quick conformance cases of every level", async (context) => {
    const { page } = await browserOf(context).open(document, 800);
    const ids = conformanceCases()
      .filter(
        ({ id, quick, needs = [] }) => quick && !LARGE.test(id) && needs.every((need) => need === "fixtures"),
      )
      .map(({ id }) => id);
    const report = await page.evaluate<ConformanceReport>(`runInPage(${JSON.stringify(ids)})`);
    expect(report.cases.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(report.passed).toBe(ids.length);
    expect(report.passed).toBeGreaterThan(300);
    return undefined;
  });

  it(`realizes ${RANDOM} random architectures as the oracle does`, async (context) => {
    const { page } = await browserOf(context).open(document, 800);
    const result = await page.evaluate<SearchResult>(`searchInPage(${RANDOM}, 5)`);
    expect(result.failure).toBeUndefined();
    expect(result.tried).toBe(RANDOM);
    return undefined;
  });
});

/** A page that has the suite, the backend and every fixture in it, and defines `runInPage`. */
async function suiteAsPage(): Promise<string> {
  const conformance = dirname(fileURLToPath(import.meta.resolve("@nin/conformance/package.json")));
  const folder = join(conformance, "fixtures");
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith(".json"));
  const fixtures = await Promise.all(
    paths.map(async (path) => [path, await readFile(join(folder, path), "utf8")] as const),
  );
  const result = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      target: "esnext",
      lib: {
        entry: fileURLToPath(new URL("testing/page.ts", import.meta.url)),
        formats: ["iife"],
        name: "nin",
      },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  const chunk = output !== undefined && "output" in output ? output.output[0] : undefined;
  const script = `globalThis.fixtureTexts = new Map(${JSON.stringify(fixtures)});\n${chunk?.code ?? ""}`;
  // A closing tag inside a text of the script would end it.
  return `<!doctype html><meta charset="utf-8"><script>${script.replaceAll("</script", "<\\/script")}</script>`;
}
