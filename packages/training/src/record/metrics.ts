/** A line of `metrics.jsonl`. */
export type MetricsLine = StepMetrics | EpochMetrics;

/** A logged step. */
export interface StepMetrics {
  readonly kind: "step";
  /** Steps done in the run, including this one: the first is 1. */
  readonly step: number;
  /** The epoch it belongs to: the first is 1. */
  readonly epoch: number;
  /** The mean loss of the step's batch, with dropout, before its update. */
  readonly loss: number;
  /** The learning rate of the step, rounded to float32. */
  readonly learningRate: number;
  /** Over the steps since losses were last read from the device. */
  readonly imagesPerSecond: number;
  /** Time that the run has taken so far, without interruptions. Units: milliseconds. */
  readonly elapsedMs: number;
}

/** A finished epoch. */
export interface EpochMetrics {
  readonly kind: "epoch";
  /** Epochs finished, including this one: the first is 1. */
  readonly epoch: number;
  /** Steps done in the run. */
  readonly step: number;
  /** The mean of the epoch's training losses over its images, with dropout. */
  readonly trainLoss: number;
  /** Mean loss over the test images; null where nothing was evaluated. */
  readonly testLoss: number | null;
  /** Fraction of the test images whose label is the first maximum; null where nothing was evaluated. */
  readonly testAccuracy: number | null;
  /** The number of test images evaluated. */
  readonly testImages: number;
  /** Rows are labels, columns predictions; null where nothing was evaluated or there are over 100 classes. */
  readonly confusion: readonly (readonly number[])[] | null;
  /** The rate of the epoch's training steps, without evaluation and checkpoints. */
  readonly imagesPerSecond: number;
  /** Time that the run has taken so far, without interruptions. Units: milliseconds. */
  readonly elapsedMs: number;
}

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

/** Parses a line of `metrics.jsonl`; `undefined` for an invalid one, such as one that was cut off while it was written. */
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

/** JSON represents a number that is not finite as null. */
function isNumberOrNull(value: unknown): boolean {
  return value === null || typeof value === "number";
}

function isConfusionOrNull(value: unknown): boolean {
  if (value === null) return true;
  if (!Array.isArray(value)) return false;
  return value.every((row) => Array.isArray(row) && row.length === value.length && row.every(isCount));
}
