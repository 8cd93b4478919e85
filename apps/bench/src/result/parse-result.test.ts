import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compareResults, comparisonLines } from "../compare/compare.js";
import { BenchError } from "../protocol/errors.js";
import { csvOf } from "../report/csv.js";
import { markdownOf } from "../report/markdown.js";
import { renderBenchPage } from "../report/page/render.js";
import { sampleResult } from "../testing/sample-result.js";
import type { BenchResult } from "./format.js";
import { parseResult, readResult } from "./parse-result.js";
import { resultJson } from "./result-json.js";

const RESULTS = new URL("../../../../results/bench/", import.meta.url);

it("reads what was written", () => {
  const result = sampleResult();
  expect(parseResult(JSON.stringify(resultJson(result)), "a.json")).toEqual(result);
});

describe("every committed result", () => {
  const names = readdirSync(RESULTS, { withFileTypes: true }).filter((entry) => entry.isDirectory());

  it.each(names.map(({ name }) => name))("%s is read as it is", (name) => {
    const text = readFileSync(new URL(`${name}/result.json`, RESULTS), "utf8");
    const read = parseResult(text, name);
    // NaN is written as null.
    expect(JSON.parse(JSON.stringify(resultJson(read)))).toEqual(JSON.parse(text));
  });

  it("is found", () => expect(names.length).toBeGreaterThan(5));
});

it.each<readonly [string, RegExp]>([
  ["{", /^a\.json: line 1, column 2: expected a name/],
  [`${"[".repeat(5000)}`, /^a\.json: line 1, column 65: nested more than 64 levels deep/],
  ["null", /^a\.json: \(root\): expected an object, got null$/],
  ["{}", /^a\.json: format: expected "nin-bench", got nothing$/],
  [changed((result) => (result.version = 2)), /^a\.json: version: expected 1, got 2$/],
  [changed((result) => (result.cases = 3)), /^a\.json: cases: expected an array, got 3$/],
  [changed((result) => (result.environment = null)), /^a\.json: environment: expected an object, got null$/],
  [
    changed((_, { entry }) => (entry.measured = undefined)),
    /^a\.json: cases\[0\]\.entries\[0\]\.measured: expected measurements where, and only where/,
  ],
  [
    changed((_, { speed }) => (speed.median = "fast")),
    /^a\.json: cases\[0\]\.entries\[0\]\.measured\.imagesPerSecond\.median: expected a number, got "fast"$/,
  ],
  [changed((_, { speed }) => (speed.median = 0)), /median: expected a number from low to high, got 0$/],
  [changed((_, { speed }) => (speed.samples = [])), /samples: expected at least one measurement, got \[\]$/],
  [changed((_, { speed }) => (speed.samples = [-1])), /imagesPerSecond: expected measurements above 0/],
  [
    changed((_, { entries }) => entries.push(entries[0])),
    /^a\.json: cases\[0\]\.entries: expected each one once, got "fast:cpu" twice$/,
  ],
  [
    changed((result) => (result.cases as unknown[]).push((result.cases as unknown[])[0])),
    /^a\.json: cases: expected each one once, got "nin-mnist, batch 8, train" twice$/,
  ],
  [
    changed((_, { entry }) => (entry.implementation = `\u001b[2J${"x".repeat(5000)}`)).replace(
      '"status":"measured"',
      '"status":7',
    ),
    /^a\.json: cases\[0\]\.entries\[0\]\.status: expected one of "measured", .{1,80}, got 7$/,
  ],
])("refuses %.30s by the file's name and the path", (text, message) => {
  expect(() => parseResult(text, "a.json")).toThrow(BenchError);
  expect(() => parseResult(text, "a.json")).toThrow(message);
});

it("refuses a changed value in one line, or what is made of it is whole", () => {
  const text = JSON.stringify(sampleResult());
  const wrong: readonly unknown[] = [null, "x", "", -1, 0.5, 1e300, true, {}, [], [[]], [null], { a: 1 }];
  let [refused, taken] = [0, 0];
  for (const path of pathsOf(JSON.parse(text))) {
    for (const value of [...wrong, undefined]) {
      const json = JSON.parse(text);
      replaceAt(json, path, value);
      let result: BenchResult | undefined;
      try {
        result = parseResult(JSON.stringify(json), "a.json");
        taken += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(BenchError);
        expect((error as BenchError).message).toMatch(/^a\.json: [^\n]{5,600}$/);
        refused += 1;
      }
      // Each is made whole for some values only, as the page takes its time.
      if (result === undefined || value !== null) continue;
      expect(comparisonLines(compareResults(result, sampleResult(), 0.05), 0.05).length).toBeGreaterThan(0);
      expect(csvOf(result) + markdownOf(result)).not.toContain("undefined");
      expect(renderBenchPage(result)).toContain("</html>");
    }
  }
  expect(refused).toBeGreaterThan(3 * taken);
});

it("names a file that is not there, is a device, or is larger than a result", async () => {
  await expect(readResult("no-such.json")).rejects.toThrow(
    /^no-such\.json: cannot be read: there is no such file/,
  );
  await expect(readResult("/dev/zero")).rejects.toThrow(
    "/dev/zero: cannot be read: expected a file, found a device",
  );
});

interface Places {
  readonly entries: unknown[];
  readonly entry: Record<string, unknown>;
  readonly speed: Record<string, unknown>;
}

/** The text of a result that was changed somewhere. */
function changed(change: (result: Record<string, unknown>, places: Places) => unknown): string {
  const result = JSON.parse(JSON.stringify(resultJson(sampleResult())));
  const { entries } = result.cases[0];
  change(result, { entries, entry: entries[0], speed: entries[0].measured.imagesPerSecond });
  return JSON.stringify(result);
}

type Path = readonly (string | number)[];

/** Of each value within; of lists the first item. */
function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const entries = Array.isArray(value)
    ? value.slice(0, 1).map((item) => [0, item] as const)
    : Object.entries(value);
  return [
    ...(path.length === 0 ? [] : [path]),
    ...entries.flatMap(([key, item]) => pathsOf(item, [...path, key])),
  ];
}

function replaceAt(json: Record<string | number, unknown>, path: Path, value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) json[key] = value;
  else replaceAt(json[key] as Record<string | number, unknown>, rest, value);
}
