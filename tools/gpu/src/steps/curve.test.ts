import assert from "node:assert/strict";
import { test } from "node:test";
import { curveOf } from "./curve.mjs";

test("a curve leaves out the line that is being written", () => {
  const text = [
    '{"kind":"step","step":1,"loss":2.5,"seconds":1}',
    '{"kind":"epoch","epoch":1,"testAccuracy":0.1}',
    '{"kind":"step","st',
  ].join("\n");
  assert.deepEqual(curveOf(text), { losses: [[1, 2.5]], epochs: [{ epoch: 1, testAccuracy: 0.1 }] });
  assert.deepEqual(curveOf(""), { losses: [], epochs: [] });
});
