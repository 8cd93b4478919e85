import { MirrorError } from "./errors.js";

/** When a mirror is given up. */
export interface Patience {
  /** A mirror that sends nothing for so long is given up; 30,000 by default. Units: milliseconds. */
  readonly stallMs?: number;
  /** One that sends less than this on average over `rateWindowMs` is given up too; 1,024 by default. Units: bytes per second. */
  readonly minBytesPerSecond?: number;
  /** 60,000 by default. Units: milliseconds. */
  readonly rateWindowMs?: number;
}

/** Watches what a mirror sends. */
export interface RateWatch extends Disposable {
  /** Aborted with a `MirrorError` when the mirror is to be given up, and when disposed. */
  readonly signal: AbortSignal;
  /** To be called with the size of each piece that comes. */
  readonly count: (bytes: number) => void;
}

/** Begins to watch: from here on the mirror has `stallMs` for its first byte. */
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
      // Ends a connection whose answer was not read to its end.
      controller.abort();
    },
  };
}
