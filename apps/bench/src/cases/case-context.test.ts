import { expect, it } from "vitest";
import { StartupTimes } from "./case-context.js";

it("expects the check to grow with the network, and nothing of whom it has not seen", () => {
  const startupTimes = new StartupTimes();
  startupTimes.record("a", 10, { startMs: 100, checkMs: 20 });
  expect(startupTimes.expected("a", 10)).toBe(120);
  expect(startupTimes.expected("a", 50)).toBe(200);
  expect(startupTimes.expected("a", 5)).toBe(0);
  expect(startupTimes.expected("b", 10)).toBe(0);
});

it("trusts what it saw last", () => {
  const startupTimes = new StartupTimes();
  startupTimes.record("a", 10, { startMs: 9000, checkMs: 0 });
  startupTimes.record("a", 10, { startMs: 500, checkMs: 0 });
  expect(startupTimes.expected("a", 10)).toBe(500);
});
