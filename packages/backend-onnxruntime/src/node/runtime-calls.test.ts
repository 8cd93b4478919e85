import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { RuntimeCalls } from "./runtime-calls.js";

const DIST = new URL("../../dist/node/runtime-calls.js", import.meta.url).href;

/** A thread with a call under way that takes so long, and then another. */
function startThread(calls: RuntimeCalls, callMs: number): Worker {
  const source = `
    import { parentPort, workerData } from "node:worker_threads";
    const { RuntimeCalls } = await import(workerData.module);
    const calls = new RuntimeCalls(workerData.memory);
    const call = (name, ms) => calls.run(async () => {
      parentPort.postMessage(name);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    });
    await call("first", ${callMs});
    await call("second", 0);`;
  const script = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  return new Worker(script, { workerData: { memory: calls.memory, module: DIST } });
}

it("waits for a thread's call, and lets none begin", async () => {
  const calls = new RuntimeCalls();
  const thread = startThread(calls, 200);
  const said: unknown[] = [];
  thread.on("message", (name) => said.push(name));
  await once(thread, "message");
  const startedAt = performance.now();
  calls.refuse();
  calls.waitUntil(startedAt + 5000);
  const waitedMs = performance.now() - startedAt;
  expect(waitedMs).toBeGreaterThan(50);
  expect(waitedMs).toBeLessThan(4000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(said).toEqual(["first"]);
  // It waits for the process's end, and can be ended.
  await thread.terminate();
});

it("waits no longer than it is allowed to", async () => {
  const calls = new RuntimeCalls();
  const thread = startThread(calls, 3000);
  await once(thread, "message");
  const startedAt = performance.now();
  calls.refuse();
  calls.waitUntil(startedAt + 60);
  const waitedMs = performance.now() - startedAt;
  expect(waitedMs).toBeGreaterThanOrEqual(59);
  expect(waitedMs).toBeLessThan(2500);
  await thread.terminate();
});
