/**
 * The worker thread of one model, started by its file: the runtime's `run()` blocks its thread, so it must not be the main one.
 *
 * @packageDocumentation
 * @internal
 */
import { parentPort, workerData } from "node:worker_threads";
import * as ort from "onnxruntime-node";
import { answerRequests } from "../runtime/engine-client.js";
import type { NodeWorkerData } from "./node-engine-thread.js";
import { nodePlatform } from "./node-platform.js";
import { RuntimeCalls } from "./runtime-calls.js";

const port = parentPort;
if (port === null) throw new Error("worker.js is started by NodeEngineThread");

const { options, callsMemory } = workerData as NodeWorkerData;
const platform = nodePlatform(ort, options.device, new RuntimeCalls(callsMemory));
port.on(
  "message",
  answerRequests(options, platform, (response, moved) => port.postMessage(response, moved)),
);
