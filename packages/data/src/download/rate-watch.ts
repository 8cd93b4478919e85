import { MirrorError } from "./errors.js";

/** When a mirror is abandoned. */
export interface Patience {
  /** A mirror that sends nothing for this long is abandoned; 30,000 by default. Units: milliseconds. */
  readonly stallMs?: number;
  /** A mirror that sends less than this on average over `rateWindowMs` is abandoned too; 1,024 by default. Units: bytes per second. */
  readonly minBytesPerSecond?: number;
  /** The time over which the rate is averaged; 60,000 by default. Units: milliseconds. */
  readonly rateWindowMs?: number;
}

/** Monitors what a mirror sends. */
export interface RateWatch extends Disposable {
  /** Aborts with a `MirrorError` when the mirror is to be abandoned, and when this is disposed. */
  readonly signal: AbortSignal;
  /** To be called with the size of each chunk received. */
  readonly count: (bytes: number) => void;
}

/** Starts monitoring: from now on the mirror has `stallMs` for its first byte. */
export function watchRate({
  stallMs = 30_000,
  minBytesPerSecond = 1024,
  rateWindowMs = 60_000,
}: Patience): RateWatch {
  const controller = new AbortController();
  const giveUp = (what: string) => controller.abort(new MirrorError(what));
  const silent = () => giveUp(`sent nothing for ${stallMs} ms`);
  let stall = setTimeout(silent, stallMs);
  const expected = Math.ceil((minBytesPerSecond * rateWindowMs) / 1000);
  let inWindow = 0;
  let window: NodeJS.Timeout | undefined;
  const endWindow = () => {
    if (inWindow < expected)
      giveUp(`is too slow: sent ${inWindow} bytes in ${rateWindowMs} ms, fewer than ${expected}`);
    inWindow = 0;
  };
  return {
    signal: controller.signal,
    count: (bytes) => {
      window ??= setInterval(endWindow, rateWindowMs);
      inWindow += bytes;
      clearTimeout(stall);
      stall = setTimeout(silent, stallMs);
    },
    [Symbol.dispose]: () => {
      clearTimeout(stall);
      clearInterval(window);
      // Closes a connection whose response was not read to its end.
      controller.abort();
    },
  };
}
