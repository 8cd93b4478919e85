import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseSavedRun } from "./read-run.js";
import { savedRunText } from "./saved-run.js";
import { sampleSavedRun } from "./testing/sample-run.js";

const run = sampleSavedRun();
const CASE = { id: "step/a", status: "passed", durationMs: 1 };
const saved = (): Record<string, unknown> => JSON.parse(savedRunText(run));

describe("a saved run", () => {
  it("is read as it was written", () => {
    expect(parseSavedRun(saved(), "run.json")).toEqual(run);
  });

  it("has a format, a version, the four counts, and a line a case", () => {
    expect(saved()).toMatchObject({
      format: "nin-conformance",
      version: 1,
      passed: 3,
      failed: 0,
      skipped: 1,
      expectedFailures: 1,
    });
    const lines = savedRunText(run).split("\n");
    expect(lines).toContain('    {"id":"shapes/relu/image","status":"passed","durationMs":20},');
  });

  it("leaves out what a case that passed said, and parts of milliseconds", () => {
    const [first] = run.report.cases;
    if (first === undefined) throw new Error("a sample run without cases");
    const cases = [{ ...first, detail: "as often", durationMs: 1.6 }];
    const text = savedRunText({ ...run, report: { ...run.report, cases } });
    expect(JSON.parse(text).cases).toEqual([{ id: first.id, status: "passed", durationMs: 2 }]);
  });

  it("that was saved before there were two precisions is one of float32", () => {
    const { precision, ...before } = saved();
    expect([precision, parseSavedRun(before, "run.json").precision]).toEqual(["f32", "f32"]);
    expect(parseSavedRun({ ...saved(), precision: "mixed" }, "run.json").precision).toBe("mixed");
    expect(parseSavedRun({ ...saved(), convolution: "fast" }, "run.json").convolution).toBe("fast");
  });

  it.each([
    [
      "another format",
      { format: "nin-recipe" },
      'run.json: format: expected "nin-conformance", got "nin-recipe"',
    ],
    ["another version", { version: 2 }, "run.json: version: expected 1, got 2"],
    ["no backend", { backend: 3 }, "run.json: backend: expected a non-empty string, got 3"],
    [
      "another precision",
      { precision: "f16" },
      'run.json: precision: expected one of "f32", "mixed", got "f16"',
    ],
    ["no date", { date: "today" }, 'run.json: date: expected an ISO 8601 date, got "today"'],
    ["no devices", { devices: {} }, "run.json: devices: expected an array, got {}"],
    ["no machine", { environment: null }, "run.json: environment: expected an object, got null"],
    ["a machine as a list", { environment: [] }, "run.json: environment: expected an object, got []"],
    [
      "no cores",
      { environment: { ...run.environment, cores: 0 } },
      "run.json: environment.cores: expected a positive integer",
    ],
    [
      "a version of a number",
      { environment: { ...run.environment, versions: { node: 22 } } },
      "run.json: environment.versions.node: expected a string, got 22",
    ],
    ["a device that is a word", { devices: ["cpu"] }, 'run.json: devices[0]: expected an object, got "cpu"'],
    [
      "a device that may be there",
      { devices: [{ id: "cpu", name: "A", available: "perhaps" }] },
      'run.json: devices[0].available: expected true or false, got "perhaps"',
    ],
    [
      "a case that stands twice",
      { cases: [CASE, CASE] },
      'run.json: cases: expected each one once, got "step/a" twice',
    ],
    ["a case that is a list", { cases: [[]] }, "run.json: cases[0]: expected an object, got []"],
    [
      "a case without an end, and a long name with control characters",
      { cases: [{ id: `step/\u001b[2J${"x".repeat(9999)}` }] },
      "run.json: cases[0].status: expected one of",
    ],
    [
      "a time of the past",
      { durationMs: -1 },
      "run.json: durationMs: expected a number of at least 0, got -1",
    ],
    [
      "a case of no level",
      { cases: [{ id: "speed/a", status: "passed", durationMs: 1 }] },
      'run.json: cases[0].id: expected a case of a level of the suite, got "speed/a"',
    ],
    [
      "a case of another end",
      { cases: [{ id: "step/a", status: "perhaps", durationMs: 1 }] },
      'run.json: cases[0].status: expected one of "passed", "failed"',
    ],
  ])("with %s is refused", (_what, changes, message) => {
    const parse = () => parseSavedRun({ ...saved(), ...changes }, "run.json");
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^[^\p{Cc}]{20,400}$/u);
  });

  it("that is committed is read, every case of it", () => {
    const folder = new URL("../../../../results/conformance/", import.meta.url);
    const names = readdirSync(folder);
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) {
      const text = readFileSync(new URL(name, folder), "utf8");
      const written = JSON.parse(savedRunText(parseSavedRun(JSON.parse(text), name)));
      expect(written, name).toEqual({ precision: "f32", ...JSON.parse(text) });
    }
  });
});
