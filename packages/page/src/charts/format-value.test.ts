import { expect, it } from "vitest";
import { formatTick, formatValue } from "./format-value.js";

it.each([
  [formatValue(120, "integer"), "120"],
  [formatValue(90.126, "percent"), "90.13%"],
  [formatValue(0.45678, "loss"), "0.4568"],
  [formatValue(0, "loss"), "0.000"],
  [formatValue(1e-3, "loss"), "0.001000"],
  [formatValue(9.99e-4, "loss"), "9.99e-4"],
  [formatValue(1e5, "loss"), "1.00e+5"],
  [formatValue(-2e-7, "loss"), "-2.00e-7"],
  [formatValue(999, "short"), "999"],
  [formatValue(12_345, "short"), "12.3k"],
  [formatValue(2e12, "short"), "2T"],
  [formatValue(5e18, "short"), "5000P"],
  [formatTick(12_345, "short"), "12.3k"],
  [formatTick(0.25, "loss"), "0.25"],
  [formatTick(1e-4, "loss"), "1e-4"],
  [formatTick(1e4, "integer"), "1e4"],
  [formatTick(0, "percent"), "0"],
])("%s", (actual, expected) => {
  expect(actual).toBe(expected);
});
