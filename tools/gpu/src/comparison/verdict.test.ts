import assert from "node:assert/strict";
import { test } from "node:test";
import { relativeL2, verdictOf } from "./verdict.mjs";

const within = { name: "a", difference: 1e-6, tolerance: 1e-5 };

test("all within passes, and names the furthest", () => {
  const verdict = verdictOf([within, { name: "b", difference: 0, tolerance: 1e-5 }]);
  assert.equal(verdict.passed, true);
  assert.equal(verdict.compared, 2);
  assert.equal(verdict.worst.name, "a");
});

test("one outside, a NaN and nothing at all fail", () => {
  for (const difference of [2e-5, Number.NaN, Number.POSITIVE_INFINITY]) {
    const verdict = verdictOf([within, { name: "b", difference, tolerance: 1e-5 }]);
    assert.equal(verdict.passed, false);
    assert.deepEqual(
      verdict.outside.map(({ name }) => name),
      ["b"],
    );
  }
  assert.equal(verdictOf([]).passed, false);
});

test("differences are relative to the expected values' norm; another length is as far off as can be", () => {
  assert.equal(relativeL2([3, 4.5], [3, 4]), 0.1);
  assert.equal(relativeL2([0, 0], [0, 0]), 0);
  assert.equal(relativeL2([1], [0]), Number.POSITIVE_INFINITY);
  assert.equal(relativeL2([1, 2], [1]), Number.NaN);
  assert.equal(relativeL2(undefined, [1]), Number.NaN);
});
