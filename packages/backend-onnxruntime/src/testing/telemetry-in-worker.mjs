// A user's program that works in a thread of its own: what the process's environment, which native
// libraries read, says afterwards. node telemetry-in-worker.mjs [value in the thread's own copy]
import { env } from "node:process";
import { isMainThread, Worker } from "node:worker_threads";
import { disableTelemetry } from "../../dist/node.js";

if (isMainThread) {
  const [own] = process.argv.slice(2);
  const copy = own === undefined ? {} : { env: { ...env, ORT_DISABLE_TELEMETRY: own } };
  const worker = new Worker(new URL(import.meta.url), copy);
  // The main thread of such a program may be busy for a while.
  const until = Date.now() + 100;
  while (Date.now() < until);
  // In the main thread, this reads the process's environment itself.
  worker.on("exit", (code) => process.stdout.write(`${code} ${env.ORT_DISABLE_TELEMETRY}`));
} else {
  // Twice at once, as two models that are compiled.
  await Promise.all([disableTelemetry(), disableTelemetry()]);
  if (env.ORT_DISABLE_TELEMETRY === undefined) throw new Error("the thread's own copy lacks it");
}
