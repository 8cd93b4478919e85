// Globals of every host, which no ECMAScript library declares; a browser lacks the first.
declare const setImmediate: ((callback: () => void) => unknown) | undefined;
declare function setTimeout(callback: () => void, delayMs: number): unknown;

/** Gives the host's event loop a turn: operators of native TensorFlow keep its thread. */
export function hostTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(() => resolve());
    else setTimeout(() => resolve(), 0);
  });
}
