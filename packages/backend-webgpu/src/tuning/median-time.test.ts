import { expect, it } from "vitest";
import { medianTime } from "./median-time.js";

/** A device on which a run takes `ms`, that warms up in so many calls and is disturbed in some later ones. */
function device(ms: number, { cold = 0, disturbed = [] as readonly number[] } = {}) {
  const calls: number[] = [];
  const time = async (times: number) => {
    calls.push(times);
    await new Promise((resolve) => setTimeout(resolve, ms * times));
    const call = calls.length - 1;
    if (call < cold) return 20 * ms;
    return disturbed.includes(call - cold) ? 15 * ms : ms;
  };
  return { time, calls };
}

it("is not what a cold device needs, nor what others on it take away", async () => {
  expect(await medianTime(device(1, { cold: 2, disturbed: [4, 5] }))).toBe(1);
});

it("reads coarse clocks for long enough", async () => {
  const { time, calls } = device(0.25);
  expect(await medianTime({ time })).toBe(0.25);
  expect(calls.at(-1)).toBe(40);
});

it("runs twice what takes long", async () => {
  const { time, calls } = device(120);
  expect(await medianTime({ time })).toBe(120);
  expect(calls).toEqual([1, 1]);
});
