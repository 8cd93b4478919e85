import { expect, it } from "vitest";
import { kernelLines } from "./kernel-lines.js";
import { lineOf } from "./report.js";
import { throughputLines } from "./throughput-lines.js";

it("a step that was cut says how it ended, beside what it had", () => {
  const curve = { epochs: [{ epoch: 1, testAccuracy: 0.5 }] };
  expect(lineOf("curve", { status: "timed out", seconds: 2, ending: "SIGKILL", curve })).toMatch(/^curve +timed out +2\.0 s {2}SIGKILL; 1: 0\.5000$/);
  expect(lineOf("curve", { status: "crashed", seconds: 1, error: "[with x] boom" })).toMatch(/boom$/);
  expect(lineOf("curve", { status: "skipped", seconds: 0, skipped: "no data" })).toMatch(/no data$/);
});

it("kernels stand beside their bounds where ceilings are known", () => {
  const kernel = { kernel: "convolution-tiles-64", ms: 2, flops: 4e9, bytes: 1 };
  const small = { kernel: "swap-channels", ms: 0.01, flops: 0, bytes: 1 };
  const shown = { model: "nin", precision: "f32", images: 8, totalMs: 2.01, byKernel: [kernel, small] };
  expect(kernelLines(shown).length).toBe(2);
  expect(kernelLines(shown)[1]).toMatch(/2\.000 ms {2}99\.5% +2.0 TFLOP\/s$/);
  const bounded = { ...shown, boundMs: 1, byKernel: [{ ...kernel, boundMs: 0.5 }] };
  expect(kernelLines(bounded)[1]).toMatch(/bound 0\.500 ms \(25%\)$/);
});

it("a peer is told how much faster each of ours is", () => {
  const speed = (median) => ({ imagesPerSecond: { median } });
  const lines = throughputLines({
    ...{ model: "nin", batch: 8, mode: "train" },
    contestants: [
      { id: "webgpu", ...speed(200) },
      { id: "pytorch-eager", ...speed(100) },
    ],
    ratios: [{ of: "webgpu", peers: [{ peer: "pytorch-eager", speed: { median: 2 } }] }],
  });
  expect(lines[0]).toMatch(/200 images\/s$/);
  expect(lines[1]).toMatch(/100 images\/s {2}webgpu is 2\.00 times as fast$/);
});
