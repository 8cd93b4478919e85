import { type CaseResult, reportOf } from "@nin/conformance";
import { describe, expect, it } from "vitest";
import { conformanceLines } from "./lines.js";

const passed: CaseResult = { id: "shapes/relu/image", status: "passed", durationMs: 1500 };
const failed: CaseResult = {
  id: "forward/conv2d/plain",
  status: "failed",
  detail: "scores: relative L2 error 1e-3\nsecond line",
  durationMs: 250,
};
const expected: CaseResult = {
  id: "forward/relu/image",
  status: "expectedFailure",
  detail: "the runtime rounds twice",
  durationMs: 0,
};
const skipped: CaseResult = {
  id: "lifecycle/leaks/models",
  status: "skipped",
  detail: "this host lacks: memory",
  durationMs: 0,
};

const linesOf = (...cases: readonly CaseResult[]) => conformanceLines(reportOf(cases), "fast on gpu");

describe("conformanceLines", () => {
  it("gives a table of levels, then what did not pass, and why", () => {
    expect(linesOf(passed, failed, expected, skipped)).toEqual([
      "fast on gpu: 1 of 4 cases failed",
      "",
      "level      passed  failed  expected  skipped  time",
      "---------  ------  ------  --------  -------  ----",
      "shapes          1       0         0        0  1.5s",
      "forward         0       1         1        0  0.3s",
      "lifecycle       0       0         0        1  0.0s",
      "all             1       1         1        1  1.8s",
      "",
      "Failed:",
      "  forward/conv2d/plain",
      "    scores: relative L2 error 1e-3",
      "    second line",
      "",
      "Expected to fail:",
      "  forward/relu/image",
      "    the runtime rounds twice",
      "",
      "Skipped:",
      "  lifecycle/leaks/models",
      "    this host lacks: memory",
    ]);
  });

  it("says once what is the reason of several cases", () => {
    const again = { ...skipped, id: "lifecycle/leaks/sessions" };
    expect(linesOf(passed, skipped, expected, again).slice(-4)).toEqual([
      "Skipped:",
      "  lifecycle/leaks/models",
      "  lifecycle/leaks/sessions",
      "    this host lacks: memory",
    ]);
  });

  it("says in its first line what else there is than passes", () => {
    expect(linesOf(passed)[0]).toBe("fast on gpu: 1 case passed");
    expect(linesOf(passed, expected, skipped)[0]).toBe(
      "fast on gpu: 1 case passed, 1 failed as expected, 1 skipped",
    );
  });

  it("counts an unexpected pass as failed", () => {
    const lines = linesOf({ ...expected, status: "unexpectedPass" });
    expect(lines[0]).toBe("fast on gpu: 1 of 1 case failed");
    expect(lines).toContain("Failed:");
  });
});
