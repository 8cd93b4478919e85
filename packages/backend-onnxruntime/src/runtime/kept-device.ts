import { Memo } from "@nin/backend";
import type { InferenceSession } from "onnxruntime-node";
import { scalar } from "../graph/arithmetic.js";
import { GraphBuilder } from "../graph/graph-builder.js";
import { DeviceLock } from "./device-lock.js";
import { DEVICE_TRAITS } from "./device-traits.js";
import { createSession } from "./session-factory.js";

/**
 * Keeps the runtime's WebGPU device between models. The runtime drops the device with its last
 * session, and the compiled pipelines with it, whatever `preserveDevice` says: stock onnxruntime-node
 * does not pass that option on. A session that nothing is run on holds both; sessions of other
 * threads share them.
 */
export class KeptDevice {
  readonly #session = new Memo<"device", InferenceSession>();

  /** Opens the device, when it is asked for the first time. Throws: what the runtime throws. */
  async keep(): Promise<void> {
    await this.#session.get("device", () =>
      DeviceLock.ofProcess().hold(() => createSession(anyProgram(), { device: "webgpu", threads: 1 })),
    );
  }
}

function anyProgram() {
  const graph = new GraphBuilder(DEVICE_TRAITS.webgpu.dialect);
  graph.output(scalar(graph, 0), "nothing");
  return { graph, parameters: new Map() };
}
