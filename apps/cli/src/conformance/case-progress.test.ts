import { expect, it } from "vitest";
import { caseLine } from "./case-progress.js";

it("says how far the suite has come, and fits its line", () => {
  expect(caseLine("forward/conv2d/plain", 12, 468, 80)).toBe("[12/468] forward/conv2d/plain");
  expect(caseLine("forward/conv2d/plain", 12, 468, 20)).toBe("[12/468] forward/");
});
