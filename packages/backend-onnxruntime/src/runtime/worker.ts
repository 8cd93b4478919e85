import { parentPort, workerData } from "node:worker_threads";
import type { EngineCalls, EngineOptions } from "./protocol.js";
import { movedBuffers, type WorkerRequest, type WorkerResponse } from "./worker-client.js";
import { WorkerEngine } from "./worker-engine.js";

// The worker thread of one model: the runtime's run() blocks its thread, so it must not be the main one.
const port = parentPort;
if (port === null) throw new Error("worker.js is started by WorkerClient");

const engine = new WorkerEngine(workerData as EngineOptions);
let queue: Promise<void> = Promise.resolve();

port.on("message", ({ id, call, argument }: WorkerRequest) => {
  queue = queue.then(async () => {
    const response = await answer(id, call, argument);
    const [images] = movedBuffers(argument);
    port.postMessage({ ...response, images }, images === undefined ? [] : [images]);
  });
});

async function answer(id: number, call: keyof EngineCalls, argument: unknown): Promise<WorkerResponse> {
  try {
    const method = engine[call] as (argument: unknown) => Promise<unknown>;
    return { id, value: await method.call(engine, argument) };
  } catch (error) {
    return { id, error: error instanceof Error ? error : new Error(String(error)) };
  }
}
