import { expect, it } from "vitest";
import { curveOf } from "./curve.js";

it("leaves out the line that is being written", () => {
  const text = [
    '{"kind":"step","step":1,"loss":2.5,"seconds":1}',
    '{"kind":"epoch","epoch":1,"testAccuracy":0.1}',
    '{"kind":"step","st',
  ].join("\n");
  expect(curveOf(text)).toEqual({ losses: [[1, 2.5]], epochs: [{ epoch: 1, testAccuracy: 0.1 }] });
  expect(curveOf("")).toEqual({ losses: [], epochs: [] });
});
