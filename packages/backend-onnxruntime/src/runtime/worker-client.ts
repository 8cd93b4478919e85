import { Worker } from "node:worker_threads";
import type { EngineCalls, EngineOptions, WholeBatch } from "./protocol.js";

export interface WorkerRequest {
  readonly id: number;
  readonly call: keyof EngineCalls;
  readonly argument: unknown;
}

export type WorkerResponse =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: Error };

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Calls an engine in a worker thread. Calls run in the order they are made. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;
  #failure: Error | undefined;

  constructor(options: EngineOptions, script = new URL("./worker.js", import.meta.url)) {
    // Of the process's own flags, a thread refuses some (--input-type), and needs none.
    this.#worker = new Worker(script, { workerData: options, execArgv: [] });
    this.#worker.on("message", (response: WorkerResponse) => this.#settle(response));
    this.#worker.on("error", (error) =>
      this.#fail(error instanceof Error ? error : new Error(String(error))),
    );
    this.#worker.on("exit", (code) => this.#fail(new Error(`the worker thread ended with code ${code}`)));
    this.#worker.unref();
  }

  call<Name extends keyof EngineCalls>(
    name: Name,
    ...[argument]: Parameters<EngineCalls[Name]>
  ): ReturnType<EngineCalls[Name]> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      const id = this.#nextId;
      this.#nextId += 1;
      this.#pending.set(id, { resolve, reject });
      // A process must not end while it waits for an answer, and may end otherwise.
      this.#worker.ref();
      this.#worker.postMessage({ id, call: name, argument } satisfies WorkerRequest, movedBuffers(argument));
    }) as ReturnType<EngineCalls[Name]>;
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(response: WorkerResponse): void {
    const pending = this.#pending.get(response.id);
    this.#pending.delete(response.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if ("error" in response) pending?.reject(response.error);
    else pending?.resolve(response.value);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

/** The images of a batch, which are a copy made for the worker: moved there, not copied again. */
function movedBuffers(argument: unknown): ArrayBuffer[] {
  const { batch = argument } = (argument ?? {}) as { readonly batch?: unknown };
  const { images } = (batch ?? {}) as Partial<WholeBatch>;
  return images?.buffer instanceof ArrayBuffer ? [images.buffer] : [];
}
