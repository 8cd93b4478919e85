// Globals of every host, which no ECMAScript library declares; a browser lacks the first.
declare const setImmediate: ((callback: () => void) => unknown) | undefined;
declare function setTimeout(callback: () => void, delayMs: number): unknown;

/** Runs calls one after another, in the order they were made. */
export class CallQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `call` once all earlier ones have ended; its failure is this promise's alone. */
  run<Result>(call: () => Promise<Result> | Result): Promise<Result> {
    const result = this.#last.then(call);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Gives the host's event loop a turn: operators of native TensorFlow keep its thread. */
export function hostTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(() => resolve());
    else setTimeout(() => resolve(), 0);
  });
}
