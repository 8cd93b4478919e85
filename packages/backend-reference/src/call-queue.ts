// A global of every host, which no ECMAScript library declares.
declare function setTimeout(callback: () => void, delayMs: number): unknown;

/**
 * Runs calls one after another, in the order they were made. Before each one the host's event
 * loop gets a turn, because the loops of a layer would keep a Ctrl-C or a page waiting.
 */
export class CallQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `call` once all earlier ones have ended; its failure is this promise's alone. */
  run<Result>(call: () => Result): Promise<Result> {
    const result = this.#last.then(nextTurn).then(call);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
