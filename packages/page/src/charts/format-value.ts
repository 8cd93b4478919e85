import type { ValueFormat } from "./chart.js";

const UNITS = ["", "k", "M", "G", "T", "P"] as const;

/** A value as a chart's legend writes it. It runs in Node and in the page. */
export function formatValue(value: number, format: ValueFormat): string {
  switch (format) {
    case "integer":
      return String(value);
    case "percent":
      return `${value.toFixed(2)}%`;
    case "short":
      return short(value);
    case "loss":
      return value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)
        ? value.toExponential(2)
        : value.toPrecision(4);
  }
}

/** A tick's label: as short as it can be. */
export function formatTick(value: number, format: ValueFormat): string {
  if (format === "short") return short(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e4) ? value.toExponential().replace("+", "") : String(value);
}

/** `12.3k`: three digits and a unit. */
function short(value: number): string {
  const size = Math.abs(value);
  const power = size < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(size) / 3));
  return `${Number((value / 1000 ** power).toPrecision(3))}${UNITS[power]}`;
}
