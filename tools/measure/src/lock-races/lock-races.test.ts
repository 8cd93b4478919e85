import { expect, it } from "vitest";
import { measure } from "../testing/measure.js";

it("of four processes that come within 1.5 ms exactly one takes a lock", () => {
  const { status, stdout, stderr } = measure(
    "lock-races",
    "--rounds",
    "20",
    "--kinds",
    "stale,missing",
    "--seed",
    "1",
  );
  const all = '{"rounds":20,"oneHolder":20,"moreHolders":0,"noHolder":0,"left":0}';
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: `stale: ${all}\nmissing: ${all}\n`,
    stderr: "",
  });
});
