// Globals of every host, which no ECMAScript library declares; a browser lacks the first.
declare const setImmediate: ((callback: () => void) => unknown) | undefined;
declare function setTimeout(callback: () => void, delayMs: number): unknown;
declare const performance: { now(): number };

/** In which order calls run. */
export interface CallOrder {
  /** Runs a call in its turn; its failure is this promise's alone. */
  run<Result>(call: () => Promise<Result> | Result): Promise<Result>;
}

/** Runs calls one after another, in the order they were made: what a model and its sessions are asked for. */
export class CallQueue implements CallOrder {
  readonly #longestBusyMs: number;
  #last: Promise<unknown> = Promise.resolve();
  #turnAtMs = Number.NEGATIVE_INFINITY;

  /**
   * @param longestBusyMs - how long calls may keep the host's event loop from its turn, which it is then given
   * before the next one; forever by default, for calls that do not compute on the host. A turn may take a
   * millisecond, and many calls take less. Units: ms
   */
  constructor(longestBusyMs = Number.POSITIVE_INFINITY) {
    this.#longestBusyMs = longestBusyMs;
  }

  /** Runs `call` once all earlier ones have ended. */
  run<Result>(call: () => Promise<Result> | Result): Promise<Result> {
    const earlier = Number.isFinite(this.#longestBusyMs)
      ? this.#last.then(() => this.#giveTurn())
      : this.#last;
    const result = earlier.then(call);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #giveTurn(): Promise<void> {
    if (performance.now() - this.#turnAtMs < this.#longestBusyMs) return;
    await new Promise<void>((resolve) => {
      if (typeof setImmediate === "function") setImmediate(() => resolve());
      else setTimeout(() => resolve(), 0);
    });
    this.#turnAtMs = performance.now();
  }
}

/** Begins every call at once: for an engine that itself runs calls in the order in which it is given them. */
export const atOnce: CallOrder = {
  run: async (call) => call(),
};
