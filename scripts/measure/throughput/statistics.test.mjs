import assert from "node:assert/strict";
import { test } from "node:test";
import { ratiosOf, statisticsOf, summaryOf } from "./statistics.mjs";

test("the median of an even and an odd number of values, and the spread", () => {
  assert.deepEqual(statisticsOf([3, 1, 2]), { median: 2, lowest: 1, highest: 3, values: [3, 1, 2] });
  assert.equal(statisticsOf([4, 1, 2, 3]).median, 2.5);
});

test("speeds are images a second, ratios are taken round by round", () => {
  const slice = (images, elapsedMs) => ({ images, elapsedMs, cpuMs: 2 * elapsedMs });
  const ours = summaryOf({ id: "ours", peakRssBytes: 30, slices: [slice(100, 1000), slice(50, 1000)] });
  const peer = summaryOf({ id: "peer", peakRssBytes: 100, slices: [slice(50, 1000), slice(50, 2000)] });
  assert.deepEqual(ours.imagesPerSecond.values, [100, 50]);
  assert.equal(ours.coresUsed, 2);
  const [ratio] = ratiosOf([ours, peer]);
  assert.deepEqual(ratio.speed.values, [2, 2]);
  assert.equal(ratio.memory, 0.3);
});
