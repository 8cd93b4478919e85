import { expect, it } from "vitest";
import { CallQueue } from "./call-queue.js";

it("runs calls one after another, and goes on after one that failed", async () => {
  const queue = new CallQueue();
  const events: string[] = [];
  const call = (name: string, waits: number) => async () => {
    events.push(`${name} begins`);
    for (let turn = 0; turn < waits; turn += 1) await Promise.resolve();
    events.push(`${name} ends`);
    if (name === "b") throw new Error("b failed");
    return name;
  };
  const results = await Promise.allSettled([
    queue.run(call("a", 5)),
    queue.run(call("b", 2)),
    queue.run(call("c", 0)),
  ]);
  expect(events).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});
