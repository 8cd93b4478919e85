import { describe, expect, it } from "vitest";
import { parseSavedRun } from "./read-run.js";
import { savedRunText } from "./saved-run.js";
import { madeUpSavedRun } from "./testing/made-up-run.js";

const run = madeUpSavedRun();
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
    if (first === undefined) throw new Error("a made-up run without cases");
    const cases = [{ ...first, detail: "as often", durationMs: 1.6 }];
    const text = savedRunText({ ...run, report: { ...run.report, cases } });
    expect(JSON.parse(text).cases).toEqual([{ id: first.id, status: "passed", durationMs: 2 }]);
  });

  it("that was saved before there were two precisions is one of float32", () => {
    const { precision, ...before } = saved();
    expect([precision, parseSavedRun(before, "run.json").precision]).toEqual(["f32", "f32"]);
    expect(parseSavedRun({ ...saved(), precision: "mixed" }, "run.json").precision).toBe("mixed");
  });

  it.each([
    [
      "another format",
      { format: "nin-recipe" },
      'run.json: expected "format": "nin-conformance", "version": 1',
    ],
    ["another version", { version: 2 }, 'run.json: expected "format"'],
    ["no backend", { backend: 3 }, "run.json: backend: expected a text, got 3"],
    ["another precision", { precision: "f16" }, 'run.json: precision: expected one of f32, mixed, got "f16"'],
    ["no date", { date: "today" }, 'run.json: date: expected a date, got "today"'],
    ["no devices", { devices: {} }, "run.json: devices: expected a list, got {}"],
    ["no machine", { environment: null }, "run.json: environment: expected an object"],
    ["a time of the past", { durationMs: -1 }, "run.json: durationMs: expected a number, got -1"],
    [
      "a case of no level",
      { cases: [{ id: "speed/a", status: "passed", durationMs: 1 }] },
      'run.json: cases[0]: id: expected a case of a level of the suite, got "speed/a"',
    ],
    [
      "a case of another end",
      { cases: [{ id: "step/a", status: "perhaps", durationMs: 1 }] },
      "run.json: cases[0]: status: expected one of passed, failed",
    ],
  ])("with %s is refused", (_what, changes, message) => {
    expect(() => parseSavedRun({ ...saved(), ...changes }, "run.json")).toThrow(message);
  });
});
