// Globals of every host, which no ECMAScript library declares; a browser lacks the first.
declare const setImmediate: ((callback: () => void) => unknown) | undefined;
declare function setTimeout(callback: () => void, delayMs: number): unknown;

/** How long work may keep the host's event loop waiting, before the piece that is under way ends. */
const LONGEST_WAIT_MS = 50;

/** Gives the host's event loop a turn: operators of native TensorFlow and of plain JavaScript keep its thread. */
export function hostTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(() => resolve());
    else setTimeout(() => resolve(), 0);
  });
}

/** When the event loop of the host had its last turn, in some work. */
export class HostTurns {
  #lastMs = Date.now();

  /** Whether it has waited for a while. */
  get due(): boolean {
    return Date.now() - this.#lastMs >= LONGEST_WAIT_MS;
  }

  async take(): Promise<void> {
    await hostTurn();
    this.#lastMs = Date.now();
  }
}
