import { finite } from "@nin/page";
import { at, type Monitor, present } from "@nin/spec";
import {
  type EpochMetrics,
  type MetricsLine,
  type StepMetrics,
  type TrainingWarning,
  trainingImageCount,
} from "@nin/training";
import type { RunConfig } from "@nin/training/node";

/** The lines of a run, sorted for its page. */
export interface RunHistory {
  readonly steps: readonly StepMetrics[];
  readonly epochs: readonly EpochMetrics[];
  /** The newest epoch that was evaluated. */
  readonly evaluated: EpochMetrics | undefined;
  /** The evaluated epoch of the highest test accuracy, the first of equals. */
  readonly best: EpochMetrics | undefined;
  /** The epoch whose checkpoint is the best by the validation images, of equals the first. */
  readonly chosen: EpochMetrics | undefined;
  readonly warnings: readonly TrainingWarning[];
  /** The newest confusion matrix: rows are labels, columns predictions. */
  readonly confusion: readonly (readonly number[])[] | undefined;
  /** The highest step of the lines. */
  readonly stepsDone: number;
  /** The first logged step whose loss is not finite. */
  readonly firstBadStep: number | undefined;
  /** Training speed: the median over the epochs, or over the steps where no epoch ended. */
  readonly imagesPerSecond: number | null;
  /** Units: milliseconds. */
  readonly elapsedMs: number | null;
}

/**
 * Sorts the lines of `metrics.jsonl` and sums them up.
 *
 * @param monitor - what the best checkpoint is chosen by
 */
export function readHistory(
  metrics: readonly MetricsLine[],
  monitor: Monitor = "validationLoss",
): RunHistory {
  const steps = metrics.filter((line) => line.kind === "step");
  const epochs = metrics.filter((line) => line.kind === "epoch");
  const evaluated = epochs.filter((epoch) => finite(epoch.testAccuracy) !== null);
  return {
    steps,
    epochs,
    evaluated: evaluated.at(-1),
    best: evaluated.reduce<EpochMetrics | undefined>(better, undefined),
    chosen: chosenEpoch(epochs, monitor),
    warnings: metrics.filter((line) => line.kind === "warning"),
    confusion: epochs.flatMap(({ confusion }) => (confusion?.length ? [confusion] : [])).at(-1),
    stepsDone: metrics.reduce((most, { step }) => Math.max(most, step), 0),
    firstBadStep: steps.find((step) => finite(step.loss) === null)?.step,
    imagesPerSecond: median((epochs.length > 0 ? epochs : steps).map((line) => line.imagesPerSecond)),
    elapsedMs: finite(metrics.findLast((line) => line.kind !== "warning")?.elapsedMs),
  };
}

function better(best: EpochMetrics | undefined, epoch: EpochMetrics): EpochMetrics {
  return best === undefined || present(epoch.testAccuracy) > present(best.testAccuracy) ? epoch : best;
}

function chosenEpoch(epochs: readonly EpochMetrics[], monitor: Monitor): EpochMetrics | undefined {
  const score = (epoch: EpochMetrics): number | null => finite(epoch[monitor]);
  return epochs
    .filter((epoch) => score(epoch) !== null)
    .reduce<EpochMetrics | undefined>((best, epoch) => {
      if (best === undefined) return epoch;
      const gain = present(score(epoch)) - present(score(best));
      return (monitor === "validationLoss" ? -gain : gain) > 0 ? epoch : best;
    }, undefined);
}

function median(values: readonly number[]): number | null {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return sorted.length === 0 ? null : (at(sorted, Math.floor(middle)) + at(sorted, Math.ceil(middle))) / 2;
}

/** What a run set out to do. */
export interface RunPlan {
  /** Those for validation excluded. */
  readonly trainingImages: number;
  readonly stepsPerEpoch: number;
  /** Of all epochs. */
  readonly totalSteps: number;
  /** The step that the run was to end with. */
  readonly steps: number;
}

/** `stepsDone` may exceed the number of steps the run began with: a resumed run may have another `--max-steps`. */
export function planOf({ recipe, data, maxSteps }: RunConfig, stepsDone = 0): RunPlan {
  const trainingImages = trainingImageCount(
    Math.min(data.train.count, data.limit ?? data.train.count),
    recipe,
  );
  const stepsPerEpoch = Math.ceil(trainingImages / recipe.batchSize);
  const totalSteps = recipe.epochs * stepsPerEpoch;
  const isCut = maxSteps !== null && maxSteps >= stepsDone;
  return {
    trainingImages,
    stepsPerEpoch,
    totalSteps,
    steps: isCut ? Math.min(totalSteps, maxSteps) : totalSteps,
  };
}

/** The name of the data: of a folder, its last part. */
export function dataName({ data }: RunConfig): string {
  return data.source.split(/[/\\]/).findLast((part) => part !== "") ?? data.source;
}
