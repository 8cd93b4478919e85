import { Worker } from "node:worker_threads";
import { companionModule } from "@nin/files";
import { present } from "@nin/spec";
import type { MaskRequest, MaskThread, StepMasks } from "../runtime/mask-source.js";

function maskWorkerFile(): URL {
  return companionModule({
    from: import.meta.url,
    specifier: "@nin/backend-onnxruntime/node/mask-worker",
  });
}

/** A worker thread that samples masks. */
export class NodeMaskThread implements MaskThread {
  readonly #worker: Worker;
  readonly #waiting: { resolve(masks: StepMasks): void; reject(error: unknown): void }[] = [];
  #failure: unknown;

  constructor(script = maskWorkerFile()) {
    this.#worker = new Worker(script, { execArgv: [] });
    this.#worker.unref();
    this.#worker.on("message", (masks: StepMasks) => present(this.#waiting.shift()).resolve(masks));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", (code) =>
      this.#fail(new Error(`a thread that samples dropout masks ended with code ${code}`)),
    );
  }

  sample(request: MaskRequest): Promise<StepMasks> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request);
    });
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
