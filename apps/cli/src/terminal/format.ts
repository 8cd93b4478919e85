/** `1,992,166`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `7.97 MB`. Units: 10^6 bytes and so on. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const units = ["kB", "MB", "GB", "TB"];
  const power = units.findIndex((_unit, index) => Math.round(value / 1000 ** (index + 1)) < 1000);
  const largest = power === -1 ? units.length - 1 : power;
  const scaled = value / 1000 ** (largest + 1);
  return `${scaled < 999.5 ? scaled.toPrecision(3) : Math.round(scaled)} ${units[largest]}`;
}

/** `1h 02m`, `3m 20s`, `12s`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)}h ${two(Math.floor(seconds / 60) % 60)}m`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s` : `${seconds}s`;
}

/** `89.31%`. */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)}%`;
}

/** `1 x 96 x 54 x 54`. */
export function shapeText(shape: readonly number[]): string {
  return shape.join(" x ");
}

/** `2 steps`, `1 step`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}
