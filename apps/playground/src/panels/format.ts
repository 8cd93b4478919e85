/** Figures as the page shows them. */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(fraction >= 0.9995 ? 0 : 1)}%`;
}

export function loss(value: number): string {
  return value.toFixed(value < 10 ? 3 : 1);
}

export function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** `1 min 20 s`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "";
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Three significant digits: `0.003`. */
export function rate(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}
