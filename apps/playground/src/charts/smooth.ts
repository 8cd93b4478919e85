import { DownsampledSteps, type MetricsLine } from "@nin/training";

export interface Point {
  readonly x: number;
  readonly y: number | null;
}

/** The losses of a run, as many as a screen can show, and their running mean. */
export function lossCurves(lines: readonly MetricsLine[]): {
  readonly raw: readonly Point[];
  readonly mean: readonly Point[];
} {
  const steps = new DownsampledSteps(300);
  const mean: Point[] = [];
  const logged = lines.filter((line) => line.kind === "step");
  const every = Math.max(1, Math.floor(logged.length / 400));
  let [average, weight] = [0, 0];
  logged.forEach((line, index) => {
    steps.add(line);
    if (!Number.isFinite(line.loss)) return;
    average = DECAY * average + (1 - DECAY) * line.loss;
    weight = DECAY * weight + (1 - DECAY);
    if (index % every === 0 || index === logged.length - 1) mean.push({ x: line.step, y: average / weight });
  });
  return { raw: steps.lines.map(({ step, loss }) => ({ x: step, y: loss })), mean };
}

/** Of the running mean, a step. */
const DECAY = 0.95;

/** A value of each epoch's end. */
export function epochCurve(
  lines: readonly MetricsLine[],
  name: "testLoss" | "testAccuracy" | "validationLoss" | "validationAccuracy",
): readonly Point[] {
  return lines.flatMap((line) => {
    if (line.kind !== "epoch") return [];
    const value = line[name];
    return typeof value === "number" && Number.isFinite(value) ? [{ x: line.step, y: value }] : [];
  });
}

/** Whether a line has one value at most. */
export function isLone(values: ArrayLike<number | null | undefined> | undefined): boolean {
  let count = 0;
  for (let index = 0; values !== undefined && index < values.length && count < 2; index += 1)
    if (typeof values[index] === "number") count += 1;
  return count < 2;
}
