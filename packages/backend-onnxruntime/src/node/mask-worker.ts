/**
 * A thread, started by its file, that samples dropout masks for a trainer, whose own thread is blocked by the runtime's `run()`.
 *
 * @packageDocumentation
 * @internal
 */
import { parentPort } from "node:worker_threads";
import { type MaskRequest, sampleMasks } from "../runtime/mask-source.js";

const port = parentPort;
if (port === null) throw new Error("mask-worker.js is started by NodeMaskThread");

port.on("message", (request: MaskRequest) => {
  const masks = sampleMasks(request);
  port.postMessage(
    masks,
    masks.map(({ buffer }) => buffer as ArrayBuffer),
  );
});
