import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Budget } from "./tune-layers.js";

// A clock of the test's own: on a busy machine real waits take longer than they say.
beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

const wait = (ms: number) => async () => {
  vi.advanceTimersByTime(ms);
  return ms;
};

it("begins nothing that is unlikely to end in time", async () => {
  const budget = new Budget(250);
  expect(await budget.spend(wait(100))).toEqual({ result: 100 });
  expect(await budget.spend(wait(5))).toEqual({ result: 5 });
  expect(await budget.spend(wait(80))).toEqual({ result: 80 });
  expect(await budget.spend(wait(1))).toBeUndefined();
});

it("begins nothing without time", async () => {
  expect(await new Budget(-1).spend(wait(1))).toBeUndefined();
});
