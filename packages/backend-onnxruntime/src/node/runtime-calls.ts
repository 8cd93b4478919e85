const INSIDE = 0;
const ENDING = 1;
/** How long the process waits at its end. Units: milliseconds. */
const LONGEST_WAIT_MS = 10_000;

/**
 * Counts the calls of a worker thread that are in progress in ONNX Runtime. Node ends a process by ending its threads: one
 * that is inside the runtime then cannot return its result to JavaScript, and onnxruntime-node aborts the process with
 * `Napi::Error` (status 134). Therefore a process that ends waits until its threads have left the runtime.
 */
export class RuntimeCalls {
  readonly #state: Int32Array<SharedArrayBuffer>;

  /** @param memory that of the same counter in another thread */
  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.#state = new Int32Array(memory);
  }

  /** Calls the runtime; when the process is ending, waits for its end instead. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    Atomics.add(this.#state, INSIDE, 1);
    if (Atomics.load(this.#state, ENDING) === 1) {
      this.#leave();
      Atomics.wait(this.#state, ENDING, 1);
    }
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** Lets no further call begin. */
  refuse(): void {
    Atomics.store(this.#state, ENDING, 1);
  }

  /** Blocks this thread until the calls in progress have returned, or until `performance.now()` reaches the deadline. */
  waitUntil(deadlineMs: number): void {
    for (;;) {
      const inside = Atomics.load(this.#state, INSIDE);
      const leftMs = deadlineMs - performance.now();
      if (inside === 0 || leftMs <= 0) return;
      Atomics.wait(this.#state, INSIDE, inside, leftMs);
    }
  }

  #leave(): void {
    Atomics.sub(this.#state, INSIDE, 1);
    Atomics.notify(this.#state, INSIDE);
  }
}

const awaited = new Set<RuntimeCalls>();

function waitForAll(): void {
  for (const calls of awaited) calls.refuse();
  const deadlineMs = performance.now() + LONGEST_WAIT_MS;
  for (const calls of awaited) calls.waitUntil(deadlineMs);
}

/**
 * Makes the process wait at its end for a thread's calls.
 *
 * @returns a function that cancels this
 */
export function waitedForAtExit(calls: RuntimeCalls): () => void {
  if (awaited.size === 0) process.on("exit", waitForAll);
  awaited.add(calls);
  return () => {
    awaited.delete(calls);
    if (awaited.size === 0) process.off("exit", waitForAll);
  };
}
