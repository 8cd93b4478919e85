/** A line of `metrics.jsonl`. */
export type MetricsLine = StepMetrics | EpochMetrics | TrainingWarning;

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
  /** Mean loss over the validation images; null without any, missing in lines of earlier versions. */
  readonly validationLoss?: number | null;
  /** Fraction of the validation images whose label is the first maximum; null or missing as `validationLoss`. */
  readonly validationAccuracy?: number | null;
  /** The learning rate of the epoch's last step, rounded to float32; missing in lines of earlier versions. */
  readonly learningRate?: number | null;
  /** Rows are labels, columns predictions; null where nothing was evaluated or there are over 100 classes. */
  readonly confusion: readonly (readonly number[])[] | null;
  /** The rate of the epoch's training steps, without evaluation and checkpoints. */
  readonly imagesPerSecond: number;
  /** Time that the run has taken so far, without interruptions. Units: milliseconds. */
  readonly elapsedMs: number;
}

const WARNING_CODES = ["dead-class", "plateau", "long-warmup", "divergence", "missing-class"] as const;

/**
 * - `dead-class`: a class of the evaluated images is never predicted
 * - `plateau`: the loss stays at that of guessing, ln(classes)
 * - `long-warmup`: the learning rate warms up for the whole run
 * - `divergence`: the loss grows, or is no longer finite
 * - `missing-class`: a part of the data has no image of a class
 */
export type TrainingWarningCode = (typeof WARNING_CODES)[number];

/** Something that probably keeps a training from learning. Nothing of the training changes with it. */
export interface TrainingWarning {
  readonly kind: "warning";
  readonly code: TrainingWarningCode;
  /** Steps done in the run when it was noticed. */
  readonly step: number;
  /** What was noticed and what may help, as a sentence without its full stop. */
  readonly detail: string;
}

/** What the detail of a `divergence` says where a value was not finite, which ended the run. */
export const NOT_FINITE = "is no longer a finite number";

/** Whether a line says that the run ended because a value was not finite. */
export function isNotFinite(line: MetricsLine): boolean {
  if (line.kind === "warning") return line.code === "divergence" && line.detail.includes(NOT_FINITE);
  // JSON represents a number that is not finite as null.
  return (line.kind === "step" ? line.loss : line.trainLoss) === null;
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
const EPOCH: Required<Checks<EpochMetrics>> = {
  epoch: isCount,
  step: isCount,
  trainLoss: isNumberOrNull,
  testLoss: isNumberOrNull,
  testAccuracy: isNumberOrNull,
  testImages: isCount,
  validationLoss: isMissingOr(isNumberOrNull),
  validationAccuracy: isMissingOr(isNumberOrNull),
  learningRate: isMissingOr(isNumberOrNull),
  confusion: isConfusionOrNull,
  imagesPerSecond: isNumberOrNull,
  elapsedMs: isNumberOrNull,
};
const WARNING: Checks<TrainingWarning> = {
  code: (value) => WARNING_CODES.some((code) => code === value),
  step: isCount,
  detail: (value) => typeof value === "string",
};

/** Parses a line of `metrics.jsonl`; `undefined` for an invalid one, such as one that was cut off while it was written. */
export function parseMetricsLine(text: string): MetricsLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isEpochMetrics(value) || isStepMetrics(value) || isWarning(value) ? value : undefined;
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

function isWarning(value: unknown): value is TrainingWarning {
  return isLine(value, "warning", WARNING);
}

function isLine(value: unknown, kind: string, checks: Readonly<Record<string, (value: unknown) => boolean>>) {
  if (typeof value !== "object" || value === null) return false;
  const line = value as Readonly<Record<string, unknown>>;
  return line.kind === kind && Object.entries(checks).every(([name, holds]) => holds(line[name]));
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isMissingOr(accepts: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || accepts(value);
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
