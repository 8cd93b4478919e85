// Globals of every host, which no ECMAScript library declares.
declare function setTimeout(callback: () => void, delayMs: number): unknown;
declare const performance: { now(): number };

/** As long as nobody notices that a Ctrl-C or a page waits. Units: milliseconds. */
const MAX_BUSY_MS = 10;

/**
 * Runs calls one after another, in the order they were made. Between them the host's event loop
 * gets a turn, because the loops of a layer would keep a Ctrl-C or a page waiting; not before each
 * one, since a turn by a timer takes a millisecond, and many calls take less.
 */
export class CallQueue {
  #last: Promise<unknown> = Promise.resolve();
  #turnAt = Number.NEGATIVE_INFINITY;

  /** Runs `call` once all earlier ones have ended; its failure is this promise's alone. */
  run<Result>(call: () => Result): Promise<Result> {
    const result = this.#last.then(() => this.#nextTurn()).then(call);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #nextTurn(): Promise<void> {
    if (performance.now() - this.#turnAt < MAX_BUSY_MS) return;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0);
    });
    this.#turnAt = performance.now();
  }
}
