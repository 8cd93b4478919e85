const PREFIXES = [
  { size: 1e9, prefix: "G" },
  { size: 1e6, prefix: "M" },
  { size: 1e3, prefix: "k" },
] as const;

/** Three digits and a prefix: `349 k`, `50.7 M`, `0`. */
export function shortCount(value: number): string {
  const unit = PREFIXES.find(({ size }) => value >= size * 0.9995);
  return unit === undefined
    ? `${Math.round(value)}`
    : `${threeDigits(value / unit.size)}\u00a0${unit.prefix}`;
}

/** `1.92 MB`, `40 bytes`. */
export function shortBytes(value: number): string {
  return value < 1000 ? `${value}\u00a0bytes` : `${shortCount(value)}B`;
}

function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** `349,674`. */
export function exactCount(value: number): string {
  return value.toLocaleString("en-US");
}
