import type { EpochMetrics, MetricsLine, StepMetrics } from "./metrics.js";

type Checks<Line> = Readonly<Record<keyof Omit<Line, "kind">, (value: unknown) => boolean>>;

const STEP: Checks<StepMetrics> = {
  step: isCount,
  epoch: isCount,
  loss: isNumberOrNull,
  learningRate: isNumberOrNull,
  imagesPerSecond: isNumberOrNull,
  elapsedMs: isNumberOrNull,
};
const EPOCH: Checks<EpochMetrics> = {
  epoch: isCount,
  step: isCount,
  trainLoss: isNumberOrNull,
  testLoss: isNumberOrNull,
  testAccuracy: isNumberOrNull,
  testImages: isCount,
  confusion: isConfusionOrNull,
  imagesPerSecond: isNumberOrNull,
  elapsedMs: isNumberOrNull,
};

/** A line of `metrics.jsonl`; undefined for one that is none, as when it was cut off while it was written. */
export function parseMetricsLine(text: string): MetricsLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isEpochMetrics(value) || isStepMetrics(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isEpochMetrics(value: unknown): value is EpochMetrics {
  return isLine(value, "epoch", EPOCH);
}

function isStepMetrics(value: unknown): value is StepMetrics {
  return isLine(value, "step", STEP);
}

function isLine(value: unknown, kind: string, checks: Readonly<Record<string, (value: unknown) => boolean>>) {
  if (typeof value !== "object" || value === null) return false;
  const line = value as Readonly<Record<string, unknown>>;
  return line.kind === kind && Object.entries(checks).every(([name, holds]) => holds(line[name]));
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** JSON has null for a number that is not finite. */
function isNumberOrNull(value: unknown): boolean {
  return value === null || typeof value === "number";
}

function isConfusionOrNull(value: unknown): boolean {
  if (value === null) return true;
  if (!Array.isArray(value)) return false;
  return value.every((row) => Array.isArray(row) && row.length === value.length && row.every(isCount));
}
