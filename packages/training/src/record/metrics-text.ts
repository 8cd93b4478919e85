import { type MetricsLine, parseMetricsLine } from "./metrics.js";

/** The text of `metrics.jsonl` with these lines. */
export function metricsText(lines: readonly MetricsLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Every complete line of metrics, and how many others there are, without one that was cut off at the end. */
export function metricsIn(text: string): {
  readonly lines: readonly MetricsLine[];
  readonly invalidCount: number;
} {
  const all = text.split("\n");
  const parsed = all.map(parseMetricsLine);
  const invalid = parsed.filter((line, index) => line === undefined && index < all.length - 1);
  return { lines: parsed.filter((line) => line !== undefined), invalidCount: invalid.length };
}

/**
 * The lines written up to a step of the run and its finished epochs. A warning stays that was noticed up to that step,
 * unless it follows a line that is removed: one may be noticed in an evaluation that the checkpoint of its step does not
 * include.
 */
export function metricsUpTo(
  lines: readonly MetricsLine[],
  step: number,
  epoch: number,
): readonly MetricsLine[] {
  const isKept = (line: MetricsLine): boolean =>
    line.kind === "epoch" ? line.epoch <= epoch : line.step <= step;
  const firstRemoved = lines.findIndex((line) => !isKept(line));
  return lines.filter(
    (line, index) => isKept(line) && (line.kind !== "warning" || firstRemoved < 0 || index < firstRemoved),
  );
}
