import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { DeviceLock } from "./device-lock.js";

const THREADS = 3;
const TURNS = 40;
const BUILT = new URL("../../dist/node/device-lock.js", import.meta.url).href;

/** A thread that runs a program in which `lock` is the process's and `counter` a shared number. */
function thread(program: string, counter: SharedArrayBuffer): Worker {
  const source = `
    import { workerData } from "node:worker_threads";
    import { setTimeout } from "node:timers/promises";
    import { DeviceLock } from ${JSON.stringify(BUILT)};
    const lock = DeviceLock.ofProcess();
    const counter = new Int32Array(workerData);
    ${program}`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: counter });
}

test("what threads do while they hold the lock, they do one after another", async () => {
  const lock = DeviceLock.ofProcess();
  const memory = new SharedArrayBuffer(4);
  const counter = new Int32Array(memory);
  // Read, wait, write: two that do so at once count one turn instead of two.
  const program = `for (let turn = 0; turn < ${TURNS}; turn += 1) {
    await lock.hold(async () => { const seen = counter[0]; await setTimeout(1); counter[0] = seen + 1; });
  }`;
  const ended = Array.from({ length: THREADS }, () => {
    const worker = thread(program, memory);
    return new Promise((resolve, reject) => worker.on("exit", resolve).on("error", reject));
  });
  for (let turn = 0; turn < TURNS; turn += 1) {
    await lock.hold(async () => {
      const [seen = 0] = counter;
      await setTimeout(1);
      counter[0] = seen + 1;
    });
  }
  await Promise.all(ended);
  expect(counter[0]).toBe((THREADS + 1) * TURNS);
});

test("it is free again when the work fails, and when a thread that held it has ended", async () => {
  const lock = DeviceLock.ofProcess();
  await expect(lock.hold(() => Promise.reject(new Error("no memory")))).rejects.toThrow("no memory");
  const worker = thread("await lock.hold(async () => process.exit(0));", new SharedArrayBuffer(4));
  const { threadId } = worker;
  await new Promise((resolve) => worker.on("exit", resolve));
  const held = lock.hold(async () => "held");
  expect(await Promise.race([held, setTimeout(50, "waiting")])).toBe("waiting");
  lock.releaseOf(threadId + 1);
  expect(await Promise.race([held, setTimeout(50, "waiting")])).toBe("waiting");
  lock.releaseOf(threadId);
  expect(await held).toBe("held");
});
