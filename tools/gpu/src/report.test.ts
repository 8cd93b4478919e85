import { expect, it } from "vitest";
import { kernelLines, lineOf } from "./report.js";

it("says how a step that was cut ended, and what it had", () => {
  const curve = { epochs: [{ epoch: 1, testAccuracy: 0.5 }] };
  expect(lineOf("curve", { status: "timed out", seconds: 2, ending: "SIGKILL", curve })).toMatch(
    /^curve +timed out +2\.0 s {2}SIGKILL; 1: 0\.5000$/,
  );
  expect(lineOf("curve", { status: "crashed", seconds: 1, error: "[with x] boom" })).toMatch(/boom$/);
  expect(lineOf("curve", { status: "skipped", seconds: 0, skipped: "no data" })).toMatch(/no data$/);
});

it("counts the cases of the suite", () => {
  const cases = { passed: 9, failed: 1, skipped: 2, expectedFailures: 0 };
  const step = { status: "failed", seconds: 3, size: "full", cases, durationMs: 2900 } as const;
  expect(lineOf("conformance", step)).toMatch(
    /full: 9 passed, 1 failed, 2 skipped, 0 expected failures in 3 s$/,
  );
});

it("shows kernels next to their bounds where ceilings are known", () => {
  const kernel = { kernel: "convolution-tiles-64", ms: 2, flops: 4e9, bytes: 1 };
  const small = { kernel: "swap-channels", ms: 0.01, flops: 0, bytes: 1 };
  const shown = { model: "nin", precision: "f32", images: 8, totalMs: 2.01, byKernel: [kernel, small] };
  expect(kernelLines(shown).length).toBe(2);
  expect(kernelLines(shown)[1]).toMatch(/2\.000 ms {2}99\.5% +2.0 TFLOP\/s$/);
  const bounded = { ...shown, boundMs: 1, byKernel: [{ ...kernel, boundMs: 0.5 }] };
  expect(kernelLines(bounded)[1]).toMatch(/bound 0\.500 ms \(25%\)$/);
});
