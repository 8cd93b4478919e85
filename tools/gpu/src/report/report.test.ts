import assert from "node:assert/strict";
import { test } from "node:test";
import { kernelLines } from "./kernel-lines.mjs";
import { lineOf } from "./report.mjs";
import { throughputLines } from "./throughput-lines.mjs";

test("a step that was cut says how it ended, beside what it had", () => {
  const curve = { epochs: [{ epoch: 1, testAccuracy: 0.5 }] };
  assert.match(
    lineOf("curve", { status: "timed out", seconds: 2, ending: "SIGKILL", curve }),
    /^curve +timed out +2\.0 s {2}SIGKILL; 1: 0\.5000$/,
  );
  assert.match(lineOf("curve", { status: "crashed", seconds: 1, error: "[with x] boom" }), /boom$/);
  assert.match(lineOf("curve", { status: "skipped", seconds: 0, skipped: "no data" }), /no data$/);
});

test("kernels stand beside their bounds where ceilings are known", () => {
  const kernel = { kernel: "convolution-tiles-64", ms: 2, flops: 4e9, bytes: 1 };
  const small = { kernel: "swap-channels", ms: 0.01, flops: 0, bytes: 1 };
  const shown = { model: "nin", precision: "f32", images: 8, totalMs: 2.01, byKernel: [kernel, small] };
  assert.equal(kernelLines(shown).length, 2);
  assert.match(kernelLines(shown)[1], /2\.000 ms {2}99\.5% +2.0 TFLOP\/s$/);
  const bounded = { ...shown, boundMs: 1, byKernel: [{ ...kernel, boundMs: 0.5 }] };
  assert.match(kernelLines(bounded)[1], /bound 0\.500 ms \(25%\)$/);
});

test("a peer is told how much faster each of ours is", () => {
  const speed = (median) => ({ imagesPerSecond: { median } });
  const lines = throughputLines({
    ...{ model: "nin", batch: 8, mode: "train" },
    contestants: [
      { id: "webgpu", ...speed(200) },
      { id: "pytorch-eager", ...speed(100) },
    ],
    ratios: [{ of: "webgpu", peers: [{ peer: "pytorch-eager", speed: { median: 2 } }] }],
  });
  assert.match(lines[0], /200 images\/s$/);
  assert.match(lines[1], /100 images\/s {2}webgpu is 2\.00 times as fast$/);
});
