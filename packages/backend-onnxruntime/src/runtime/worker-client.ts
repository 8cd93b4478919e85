import { Worker } from "node:worker_threads";
import { companionModule } from "@nin/vulkan-driver";
import { DeviceLock } from "./device-lock.js";
import type { EngineCalls, EngineOptions, WholeBatch } from "./protocol.js";
import { RuntimeCalls, waitedForAtExit } from "./runtime-calls.js";

export interface WorkerRequest {
  readonly id: number;
  readonly call: keyof EngineCalls;
  readonly argument: unknown;
}

/** An answer, and the memory of the call's images, given back to be used again. */
export type WorkerResponse = {
  readonly id: number;
  readonly images?: ArrayBuffer | undefined;
} & ({ readonly value: unknown } | { readonly error: Error });

/** As many batches as are handed over at once. */
const MOST_SPARE = 2;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Calls an engine in a worker thread. Calls run in the order they are made. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  /** Memory of images that the worker is done with. */
  readonly #spare: ArrayBuffer[] = [];
  #nextId = 0;
  #failure: Error | undefined;

  constructor(options: EngineOptions, script = workerFile()) {
    // Of the process's own flags, a thread refuses some (--input-type), and needs none.
    const calls = new RuntimeCalls();
    const workerData: EngineOptions = { ...options, callsMemory: calls.memory };
    this.#worker = new Worker(script, { workerData, execArgv: [] });
    const ended = waitedForAtExit(calls);
    this.#worker.on("message", (response: WorkerResponse) => this.#settle(response));
    this.#worker.on("error", (error) =>
      this.#fail(error instanceof Error ? error : new Error(String(error))),
    );
    const { threadId } = this.#worker;
    this.#worker.on("exit", (code) => {
      ended();
      DeviceLock.ofProcess().releaseOf(threadId);
      this.#fail(new Error(`the worker thread ended with code ${code}`));
    });
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

  /**
   * Memory for a batch's images, which the next call moves to the worker. Used again where it fits:
   * left to the garbage collector, batches would pile up.
   */
  imageMemory(bytes: number): ArrayBuffer {
    const spare = this.#spare.findIndex(({ byteLength }) => byteLength === bytes);
    const [known] = spare < 0 ? [] : this.#spare.splice(spare, 1);
    return known ?? new ArrayBuffer(bytes);
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(response: WorkerResponse): void {
    const pending = this.#pending.get(response.id);
    this.#pending.delete(response.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if (response.images !== undefined) {
      this.#spare.push(response.images);
      if (this.#spare.length > MOST_SPARE) this.#spare.shift();
    }
    if ("error" in response) pending?.reject(response.error);
    else pending?.resolve(response.value);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

function workerFile(): URL {
  return companionModule({
    from: import.meta.url,
    starter: "worker-client",
    path: "./worker.js",
    specifier: "@nin/backend-onnxruntime/runtime/worker",
  });
}

/** The memory of a batch's images, which are a copy made for the worker: moved there and back, not copied again. */
export function movedBuffers(argument: unknown): ArrayBuffer[] {
  const { batch = argument } = (argument ?? {}) as { readonly batch?: unknown };
  const { images } = (batch ?? {}) as Partial<WholeBatch>;
  return images?.buffer instanceof ArrayBuffer ? [images.buffer] : [];
}
