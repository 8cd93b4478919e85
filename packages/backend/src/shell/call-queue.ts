/** Runs calls one after another, in the order they were made: what a model and its sessions are asked for. */
export class CallQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `call` once all earlier ones have ended; its failure is this promise's alone. */
  run<Result>(call: () => Promise<Result> | Result): Promise<Result> {
    const result = this.#last.then(call);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
