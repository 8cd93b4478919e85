/** Three digits and a unit: `12.3 G`, `985 M`. */
export function scaled(value: number): string {
  const units = ["", "k", "M", "G", "T", "P"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.abs(value)) / 3)));
  const reduced = value / 1000 ** power;
  const digits = reduced < 9.995 ? 2 : reduced < 99.95 ? 1 : 0;
  return `${reduced.toFixed(digits)} ${units[power]}`.trimEnd();
}

/** `1234`, `85.3`, `6.82`, `0.24`: about three digits. */
export function rate(value: number): string {
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return value.toFixed(digits);
}

/** `512 MiB`, `2.3 GiB`. */
export function memory(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes < 1000 ? `${mebibytes.toFixed(0)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}

/** `0.43 s`, `12 s`; `8.1 ms`. */
export function time(ms: number): string {
  if (!Number.isFinite(ms)) return "\u2013";
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  return `${(ms / 1000).toFixed(ms < 9950 ? 2 : 0)} s`;
}

/** `45%`. */
export function share(fraction: number | null): string {
  return fraction === null ? "\u2013" : `${(100 * fraction).toFixed(0)}%`;
}

/** Things grouped by a name, in the order in which the names first occur. */
export function groupBy<Thing>(
  things: readonly Thing[],
  nameOf: (thing: Thing) => string,
): readonly (readonly [string, readonly Thing[]])[] {
  const names = [...new Set(things.map(nameOf))];
  return names.map((name) => [name, things.filter((thing) => nameOf(thing) === name)] as const);
}
