import { setTimeout } from "node:timers/promises";
import { getEnvironmentData, isMainThread, setEnvironmentData, threadId } from "node:worker_threads";

const KEY = "@nin/backend-onnxruntime: WebGPU lock";
const FREE = 0;
/** Units: milliseconds. */
const POLLING_MS = 5;

/**
 * Lets one thread of the process at a time use ONNX Runtime's WebGPU device. Its sessions share one device and one
 * command encoder in all threads, and the runtime does not prevent two threads from writing to that encoder at once
 * ("CommandEncoder is already finished").
 */
export class DeviceLock {
  readonly #holder: Int32Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer) {
    this.#holder = new Int32Array(memory);
  }

  /** The lock of the process, which threads that are started later share. */
  static ofProcess(): DeviceLock {
    const known = getEnvironmentData(KEY);
    if (known instanceof SharedArrayBuffer) return new DeviceLock(known);
    const memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    setEnvironmentData(KEY, memory);
    return new DeviceLock(memory);
  }

  /** Waits until no thread holds the lock, and holds it during the work. Must not be nested. */
  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.#acquire();
    try {
      return await work();
    } finally {
      this.releaseOf(threadId);
    }
  }

  /** Releases the lock if this thread holds it: one that has ended could not do so itself. */
  releaseOf(thread: number): void {
    const freed = Atomics.compareExchange(this.#holder, 0, markOf(thread), FREE) === markOf(thread);
    if (freed) Atomics.notify(this.#holder, 0, 1);
  }

  async #acquire(): Promise<void> {
    for (;;) {
      const holder = Atomics.compareExchange(this.#holder, 0, FREE, markOf(threadId));
      if (holder === FREE) return;
      // A worker has nothing else to do. The main thread, which rarely gets here, must not block.
      if (isMainThread) await setTimeout(POLLING_MS);
      else Atomics.wait(this.#holder, 0, holder);
    }
  }
}

/** The mark of a thread that holds the lock: never 0, which means that the lock is free, though the main thread's id is 0. */
function markOf(thread: number): number {
  return thread + 1;
}
