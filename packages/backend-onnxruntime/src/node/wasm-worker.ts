/**
 * The worker thread of one model on the device `wasm`, started by its file.
 *
 * @packageDocumentation
 * @internal
 */
import { parentPort, workerData } from "node:worker_threads";
import * as ort from "onnxruntime-web";
import { answerRequests } from "../runtime/engine-client.js";
import { webPlatform } from "../runtime/web-runtime.js";
import { OptimizerMemory } from "../update/optimizer-memory.js";
import type { NodeWorkerData } from "./node-engine-thread.js";

const port = parentPort;
if (port === null) throw new Error("wasm-worker.js is started by NodeEngineThread");

const { options } = workerData as NodeWorkerData;
const platform = { ...webPlatform(ort, options), memoryFor: OptimizerMemory.create };
port.on(
  "message",
  answerRequests(options, platform, (response, moved) => port.postMessage(response, moved)),
);
