import type { CallName, Calls, WorkerEvent, WorkerMessage } from "../contract/protocol.js";

/** A call that was refused, with the one sentence that says why. */
export class CallError extends Error {
  override readonly name = "CallError";
  constructor(
    message: string,
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** The worker that trains. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  constructor(onEvents: (events: readonly WorkerEvent[]) => void, onCrash: (message: string) => void) {
    this.#worker = new Worker(new URL("../worker/training-worker.ts", import.meta.url), {
      type: "module",
      name: "training",
    });
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
      if ("events" in data) return onEvents(data.events);
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ("error" in data) waiting?.reject(new CallError(data.error.message, data.error.code));
      else waiting?.resolve(data.answer as never);
    };
    this.#worker.onerror = (event) => {
      const message = event.message || "the worker could not be loaded";
      for (const { reject } of this.#waiting.values()) reject(new CallError(message, undefined));
      this.#waiting.clear();
      onCrash(message);
    };
  }

  call<Name extends CallName>(
    name: Name,
    ...given: Parameters<Calls[Name]>
  ): Promise<ReturnType<Calls[Name]>> {
    this.#next += 1;
    const id = this.#next;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, name, given });
    });
  }
}
