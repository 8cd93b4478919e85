import { expect, it } from "vitest";
import { exceedsSpread, judgeSegment, lossFall, pooledSpread, toleranceOf, worstOf } from "./judge.js";

it("a tolerance is ten spreads, within its bounds", () => {
  expect(toleranceOf("losses", 5e-6)).toBe(5e-5);
  expect(toleranceOf("losses", 1e-9)).toBe(1e-5);
  expect(toleranceOf("losses", 1)).toBe(1e-3);
  expect(toleranceOf("logits", 1)).toBe(1e-3);
  expect(toleranceOf("updates", 1)).toBe(1e-2);
});

it("a segment is too long when ten spreads exceed the ceiling", () => {
  expect(exceedsSpread("losses", 1.01e-4)).toBe(true);
  expect(exceedsSpread("updates", 1.01e-4)).toBe(false);
});

it("every loss, the logits and every update are judged, each by its own spread", () => {
  const differences = { losses: [1e-6, 4e-5], logits: 1e-5, updates: { "net.0.weight": 1e-3 } };
  const spread = { losses: [0, 2e-6], logits: 4e-6, updates: { "net.0.weight": 5e-4 } };
  const judgements = judgeSegment(10, differences, spread);
  expect(judgements.map(({ ratio }) => Number(ratio.toPrecision(6)))).toEqual([0.1, 2, 0.25, 0.2]);
  expect(worstOf(judgements).name).toBe("loss of step 11");
});

it("spreads of all segments together are the largest of each quantity; a last segment may be shorter", () => {
  const spreads = [
    { losses: [1, 5], logits: 2, updates: { a: 3, b: 1 } },
    { losses: [4], logits: 1, updates: { a: 2, b: 7 } },
  ];
  expect(pooledSpread(spreads)).toEqual({ losses: [4, 5], logits: 2, updates: { a: 3, b: 7 } });
});

it("a NaN is the worst there is", () => {
  const [judgement] = judgeSegment(
    0,
    { losses: [Number.NaN], logits: 0, updates: {} },
    { losses: [0], logits: 0, updates: {} },
  );
  expect(judgement?.ratio).toBe(Number.POSITIVE_INFINITY);
});

it("a loss falls by the means of its first and last steps", () => {
  expect(lossFall([3, 1, 7, 1, 0], 2)).toBe(0.75);
});
