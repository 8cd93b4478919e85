import { setTimeout } from "node:timers/promises";
import { getEnvironmentData, isMainThread, setEnvironmentData, threadId } from "node:worker_threads";

const KEY = "@nin/backend-onnxruntime: WebGPU lock";
const FREE = 0;
/** Units: milliseconds. */
const POLLING_MS = 5;

/**
 * Lets one thread of the process at a time use ONNX Runtime's WebGPU device. Its sessions share one
 * device and one command encoder whatever thread they are run in, and nothing in the runtime keeps
 * two threads from writing to that encoder at once ("CommandEncoder is already finished").
 */
export class DeviceLock {
  readonly #holder: Int32Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer) {
    this.#holder = new Int32Array(memory);
  }

  /** The process's one: threads that are started afterwards have the same. */
  static ofProcess(): DeviceLock {
    const known = getEnvironmentData(KEY);
    if (known instanceof SharedArrayBuffer) return new DeviceLock(known);
    const memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    setEnvironmentData(KEY, memory);
    return new DeviceLock(memory);
  }

  /** Waits until no thread holds it, and holds it while the work is done. Not to be nested. */
  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.#acquire();
    try {
      return await work();
    } finally {
      this.releaseOf(threadId);
    }
  }

  /** Frees it where a thread holds it: one that ended could not do so itself. */
  releaseOf(thread: number): void {
    const freed = Atomics.compareExchange(this.#holder, 0, markOf(thread), FREE) === markOf(thread);
    if (freed) Atomics.notify(this.#holder, 0, 1);
  }

  async #acquire(): Promise<void> {
    for (;;) {
      const holder = Atomics.compareExchange(this.#holder, 0, FREE, markOf(threadId));
      if (holder === FREE) return;
      // A worker has nothing else to do. The main thread must not block, and seldom comes here.
      if (isMainThread) await setTimeout(POLLING_MS);
      else Atomics.wait(this.#holder, 0, holder);
    }
  }
}

/** The main thread's id is 0, which says that nobody holds the lock. */
function markOf(thread: number): number {
  return thread + 1;
}
