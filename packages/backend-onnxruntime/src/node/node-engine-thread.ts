import { Worker } from "node:worker_threads";
import { companionModule } from "@nin/files";
import type {
  EngineRequest,
  EngineResponse,
  EngineThread,
  EngineThreadListener,
} from "../runtime/engine-client.js";
import type { DeviceId, EngineOptions } from "../runtime/protocol.js";
import { DeviceLock } from "./device-lock.js";
import { RuntimeCalls, waitedForAtExit } from "./runtime-calls.js";

/** What the worker is started with. */
export interface NodeWorkerData {
  readonly options: EngineOptions;
  /** Of its `RuntimeCalls`, which the process's end waits for. */
  readonly callsMemory: SharedArrayBuffer;
}

/** A worker thread with an engine. */
export class NodeEngineThread implements EngineThread {
  readonly #worker: Worker;
  readonly #calls = new RuntimeCalls();

  /** @param script - the module that the thread runs: `worker.ts`, `wasm-worker.ts`, or a test's */
  constructor(options: EngineOptions, script = workerFile(options.device)) {
    const workerData: NodeWorkerData = { options, callsMemory: this.#calls.memory };
    // Of the process's own flags, a thread refuses some (--input-type), and needs none.
    this.#worker = new Worker(script, { workerData, execArgv: [] });
  }

  listen({ onResponse, onFailure }: EngineThreadListener): void {
    const ended = waitedForAtExit(this.#calls);
    this.#worker.on("message", (response: EngineResponse) => onResponse(response));
    this.#worker.on("error", (error) => onFailure(error instanceof Error ? error : new Error(String(error))));
    const { threadId } = this.#worker;
    this.#worker.on("exit", (code) => {
      ended();
      DeviceLock.ofProcess().releaseOf(threadId);
      onFailure(new Error(`the worker thread ended with code ${code}`));
    });
    this.#worker.unref();
  }

  post(request: EngineRequest, moved: ArrayBuffer[]): void {
    this.#worker.postMessage(request, moved);
  }

  /** A process must not end while it waits for an answer, and may end otherwise. */
  setAwaited(awaited: boolean): void {
    if (awaited) this.#worker.ref();
    else this.#worker.unref();
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Each imports its own runtime, since the other one may not be installed. */
function workerFile(device: DeviceId): URL {
  const name = device === "wasm" ? "wasm-worker" : "worker";
  return companionModule({
    from: import.meta.url,
    specifier: `@nin/backend-onnxruntime/node/${name}`,
  });
}
