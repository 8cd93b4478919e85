import { present } from "@nin/spec";
import type { EnginePlatform } from "./engine-platform.js";
import type { EngineCalls, EngineOptions, WholeBatch } from "./protocol.js";
import { RuntimeEngine } from "./runtime-engine.js";

/** A call of an engine's method, as a message. */
export interface EngineRequest {
  readonly id: number;
  readonly call: keyof EngineCalls;
  readonly argument: unknown;
}

/** An answer, and the memory of the call's images, given back to be used again. */
export type EngineResponse = {
  readonly id: number;
  readonly images?: ArrayBuffer | undefined;
} & ({ readonly value: unknown } | { readonly error: Error });

/** A thread in which an engine answers requests with `answerRequests`, as whoever started it sees it. */
export interface EngineThread {
  /** Called once, before the first request. */
  listen(listener: EngineThreadListener): void;
  /** @param moved - buffers of the request that are moved, not copied */
  post(request: EngineRequest, moved: ArrayBuffer[]): void;
  /** Says whether an answer is waited for, until which the process must not end. */
  setAwaited(awaited: boolean): void;
  terminate(): Promise<void>;
}

export interface EngineThreadListener {
  onResponse(response: EngineResponse): void;
  /** The thread has ended, or is going to. */
  onFailure(error: Error): void;
}

/** As many batches as are handed over at once. */
const MOST_SPARE = 2;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Calls an engine in its thread. Calls run in the order they are made. */
export class EngineClient {
  readonly #pending = new Map<number, Pending>();
  /** Memory of images that the engine is done with. */
  readonly #spare: ArrayBuffer[] = [];
  #nextId = 0;
  #failure: Error | undefined;

  constructor(private readonly thread: EngineThread) {
    thread.listen({
      onResponse: (response) => this.#settle(response),
      onFailure: (error) => this.#fail(error),
    });
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
      this.thread.setAwaited(true);
      this.thread.post({ id, call: name, argument }, movedBuffers(argument));
    }) as ReturnType<EngineCalls[Name]>;
  }

  /**
   * Memory for a batch's images, which the next call moves to the thread. Used again where it fits:
   * left to the garbage collector, batches would pile up.
   */
  imageMemory(bytes: number): ArrayBuffer {
    const spare = this.#spare.findIndex(({ byteLength }) => byteLength === bytes);
    const [known] = spare < 0 ? [] : this.#spare.splice(spare, 1);
    return known ?? new ArrayBuffer(bytes);
  }

  async terminate(): Promise<void> {
    await this.thread.terminate();
  }

  #settle(response: EngineResponse): void {
    const pending = this.#pending.get(response.id);
    this.#pending.delete(response.id);
    if (this.#pending.size === 0) this.thread.setAwaited(false);
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

/**
 * The other side, in the thread: an engine, and what is to be called with each request. Requests are answered one after
 * another.
 *
 * @param respond - sends a response; `moved` are buffers of it that need not be copied
 */
export function answerRequests(
  options: EngineOptions,
  platform: EnginePlatform,
  respond: (response: EngineResponse, moved: ArrayBuffer[]) => void,
): (request: EngineRequest) => void {
  const engine = new RuntimeEngine(options, platform);
  let queue: Promise<void> = Promise.resolve();
  return (request) => {
    queue = queue.then(async () => {
      const response = await answer(engine, request);
      const [images] = movedBuffers(request.argument);
      respond({ ...response, images }, images === undefined ? [] : [images]);
    });
  };
}

async function answer(engine: RuntimeEngine, { id, call, argument }: EngineRequest): Promise<EngineResponse> {
  try {
    const method = engine[call] as (argument: unknown) => Promise<unknown>;
    return { id, value: await method.call(engine, argument) };
  } catch (error) {
    return { id, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/**
 * An engine in the thread that calls it, for a program that is in a thread of its own already: the runtime's `run()` may
 * block it.
 */
export function engineInThisThread(options: EngineOptions, platform: EnginePlatform): EngineThread {
  let receive: ((request: EngineRequest) => void) | undefined;
  return {
    listen({ onResponse }) {
      receive = answerRequests(options, platform, onResponse);
    },
    post(request) {
      present(receive, "the listener of an engine's answers")(request);
    },
    setAwaited: () => undefined,
    terminate: async () => undefined,
  };
}

/** The memory of a batch's images, which are a copy made for the engine: moved there and back, not copied again. */
function movedBuffers(argument: unknown): ArrayBuffer[] {
  const { batch = argument } = (argument ?? {}) as { readonly batch?: unknown };
  const { images } = (batch ?? {}) as Partial<WholeBatch>;
  return images?.buffer instanceof ArrayBuffer ? [images.buffer] : [];
}
