import assert from "node:assert/strict";
import { test } from "node:test";
import { exceedsSpread, judgeSegment, lossFall, pooledSpread, toleranceOf, worstOf } from "./judge.mjs";

test("a tolerance is ten spreads, within its bounds", () => {
  assert.equal(toleranceOf("losses", 5e-6), 5e-5);
  assert.equal(toleranceOf("losses", 1e-9), 1e-5);
  assert.equal(toleranceOf("losses", 1), 1e-3);
  assert.equal(toleranceOf("logits", 1), 1e-3);
  assert.equal(toleranceOf("updates", 1), 1e-2);
});

test("a segment is too long when ten spreads exceed the ceiling", () => {
  assert.equal(exceedsSpread("losses", 1.01e-4), true);
  assert.equal(exceedsSpread("updates", 1.01e-4), false);
});

test("every loss, the logits and every update are judged, each by its own spread", () => {
  const differences = { losses: [1e-6, 4e-5], logits: 1e-5, updates: { "net.0.weight": 1e-3 } };
  const spread = { losses: [0, 2e-6], logits: 4e-6, updates: { "net.0.weight": 5e-4 } };
  const judgements = judgeSegment(10, differences, spread);
  assert.deepEqual(
    judgements.map(({ ratio }) => Number(ratio.toPrecision(6))),
    [0.1, 2, 0.25, 0.2],
  );
  assert.equal(worstOf(judgements).name, "loss of step 11");
});

test("spreads of all segments together are the largest of each quantity; a last segment may be shorter", () => {
  const spreads = [
    { losses: [1, 5], logits: 2, updates: { a: 3, b: 1 } },
    { losses: [4], logits: 1, updates: { a: 2, b: 7 } },
  ];
  assert.deepEqual(pooledSpread(spreads), { losses: [4, 5], logits: 2, updates: { a: 3, b: 7 } });
});

test("a NaN is the worst there is", () => {
  const [judgement] = judgeSegment(
    0,
    { losses: [Number.NaN], logits: 0, updates: {} },
    { losses: [0], logits: 0 },
  );
  assert.equal(judgement.ratio, Number.POSITIVE_INFINITY);
});

test("a loss falls by the means of its first and last steps", () => {
  assert.equal(lossFall([3, 1, 7, 1, 0], 2), 0.75);
});
