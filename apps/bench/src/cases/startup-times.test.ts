import { expect, it } from "vitest";
import { Openings } from "./startup-times";

it("expects the check to grow with the network, and nothing of whom it has not seen", () => {
  const openings = new Openings();
  openings.record("a", 10, { startMs: 100, checkMs: 20 });
  expect(openings.expected("a", 10)).toBe(120);
  expect(openings.expected("a", 50)).toBe(200);
  expect(openings.expected("a", 5)).toBe(0);
  expect(openings.expected("b", 10)).toBe(0);
});

it("trusts what it saw last", () => {
  const openings = new Openings();
  openings.record("a", 10, { startMs: 9000, checkMs: 0 });
  openings.record("a", 10, { startMs: 500, checkMs: 0 });
  expect(openings.expected("a", 10)).toBe(500);
});
