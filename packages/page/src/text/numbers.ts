const wholeNumbers = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** What stands for a number that is missing or not finite. */
export const NO_NUMBER = "\u2013";

/** The number, or null where it is missing, NaN or infinite. */
export function finite(value: number | null | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** `60,000`. */
export function formatCount(value: number | null | undefined): string {
  const number = finite(value);
  return number === null ? NO_NUMBER : wholeNumbers.format(number);
}

/** `1 epoch`, `2 epochs`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(value)} ${value === 1 ? noun : plural}`;
}

/** `0.3124`; very large and very small ones as `1.2e+9`. */
export function formatLoss(value: number | null | undefined): string {
  const number = finite(value);
  if (number === null) return NO_NUMBER;
  const size = Math.abs(number);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return number.toExponential(2);
  return size >= 100 ? number.toFixed(1) : number.toFixed(4);
}

/** A fraction as `90.12%`. */
export function formatPercent(fraction: number | null | undefined, digits = 2): string {
  const number = finite(fraction);
  return number === null ? NO_NUMBER : `${(100 * number).toFixed(digits)}%`;
}

/** A rate as `1,234`, a slow one as `4.2`. */
export function formatRate(value: number | null | undefined): string {
  const number = finite(value);
  if (number === null) return NO_NUMBER;
  return Math.abs(number) < 100 ? number.toFixed(1) : wholeNumbers.format(number);
}

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 4 min`. Units: milliseconds. */
export function formatDuration(elapsedMs: number | null | undefined): string {
  const number = finite(elapsedMs);
  if (number === null) return NO_NUMBER;
  if (number < 9950) return `${(number / 1000).toFixed(1)} s`;
  const seconds = Math.round(number / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
