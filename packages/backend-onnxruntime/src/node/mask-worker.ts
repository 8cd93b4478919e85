import { parentPort } from "node:worker_threads";
import { drawMasks, type MaskRequest } from "../runtime/mask-source.js";

// A thread that draws dropout masks for a trainer, whose own thread waits in the runtime's run().
const port = parentPort;
if (port === null) throw new Error("mask-worker.js is started by NodeMaskThread");

port.on("message", (request: MaskRequest) => {
  const masks = drawMasks(request);
  port.postMessage(
    masks,
    masks.map(({ buffer }) => buffer as ArrayBuffer),
  );
});
