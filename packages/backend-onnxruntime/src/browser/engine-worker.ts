import type {
  EngineRequest,
  EngineResponse,
  EngineThread,
  EngineThreadListener,
} from "../runtime/engine-client.js";
import type { EngineOptions } from "../runtime/protocol.js";
import type { WasmPaths } from "../runtime/web-runtime.js";

/** A browser's `Worker`, as far as it is used: this package does not need the types of a page. */
export interface WorkerLike {
  postMessage(message: unknown, moved: ArrayBuffer[]): void;
  addEventListener(type: "message" | "error" | "messageerror", listener: (event: never) => void): void;
  terminate(): void;
}

/** What an engine's worker is sent: first how to start, then calls. */
export type WorkerMessage =
  | { readonly start: { readonly options: EngineOptions; readonly wasmPaths?: WasmPaths } }
  | { readonly request: EngineRequest };

/** What it sends: the runtime's version once that is loaded, answers, or why it cannot go on. */
export type WorkerAnswer =
  | { readonly version: string }
  | { readonly response: EngineResponse }
  | { readonly failure: Error };

/** A worker of a page with an engine. */
export class WorkerEngineThread implements EngineThread {
  readonly #worker: WorkerLike;
  readonly #onVersion: (version: string) => void;

  /** @param onVersion - called with the runtime's version, once */
  constructor(
    worker: WorkerLike,
    start: { readonly options: EngineOptions; readonly wasmPaths?: WasmPaths },
    onVersion: (version: string) => void,
  ) {
    this.#worker = worker;
    this.#onVersion = onVersion;
    this.#send({ start });
  }

  listen({ onResponse, onFailure }: EngineThreadListener): void {
    this.#worker.addEventListener("message", ({ data }: { readonly data: WorkerAnswer }) => {
      if ("version" in data) this.#onVersion(data.version);
      else if ("failure" in data) onFailure(data.failure);
      else onResponse(data.response);
    });
    this.#worker.addEventListener("error", (event: { readonly message?: string; preventDefault(): void }) => {
      // The model reports it; the page need not do so again.
      event.preventDefault();
      onFailure(new Error(workerProblem(event.message)));
    });
    this.#worker.addEventListener("messageerror", () =>
      onFailure(new Error("the worker of ONNX Runtime sent a message that could not be read")),
    );
  }

  post(request: EngineRequest, moved: ArrayBuffer[]): void {
    this.#send({ request }, moved);
  }

  /** A page stays open whether or not it waits. */
  setAwaited(): void {
    return;
  }

  async terminate(): Promise<void> {
    this.#worker.terminate();
  }

  #send(message: WorkerMessage, moved: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, moved);
  }
}

/** A browser says nothing of a module that it could not load. */
function workerProblem(message: string | undefined): string {
  return message === undefined || message === ""
    ? "the worker of ONNX Runtime could not be loaded; expected a module that imports " +
        "@nin/backend-onnxruntime/browser/worker or calls serveEngine"
    : `the worker of ONNX Runtime failed: ${message}`;
}
