import { finite } from "@nin/page";
import type { EpochMetrics, MetricsLine, StepMetrics } from "@nin/training";

/** The lines of a run, sorted for its page. */
export interface RunHistory {
  readonly steps: readonly StepMetrics[];
  readonly epochs: readonly EpochMetrics[];
  /** The newest epoch that was evaluated. */
  readonly evaluated: EpochMetrics | undefined;
  /** The evaluated epoch of the highest accuracy, the first of equals. */
  readonly best: EpochMetrics | undefined;
  /** The newest confusion matrix: rows are labels, columns predictions. */
  readonly confusion: readonly (readonly number[])[] | undefined;
  /** Steps done, as far as the lines tell. */
  readonly stepsDone: number;
  /** The first logged step whose loss is not finite. */
  readonly firstBadStep: number | undefined;
  /** Training speed: the median over the epochs, or over the steps where no epoch ended. */
  readonly imagesPerSecond: number | null;
  /** Units: milliseconds. */
  readonly elapsedMs: number | null;
}

/** Reads what a page says off the lines of `metrics.jsonl`. */
export function readHistory(metrics: readonly MetricsLine[]): RunHistory {
  const steps = metrics.filter((line) => line.kind === "step");
  const epochs = metrics.filter((line) => line.kind === "epoch");
  const evaluated = epochs.filter((epoch) => finite(epoch.testAccuracy) !== null);
  return {
    steps,
    epochs,
    evaluated: evaluated.at(-1),
    best: evaluated.reduce<EpochMetrics | undefined>(better, undefined),
    confusion: epochs.findLast((epoch) => (epoch.confusion?.length ?? 0) > 0)?.confusion ?? undefined,
    stepsDone: metrics.reduce((most, line) => Math.max(most, finite(line.step) ?? 0), 0),
    firstBadStep: steps.find((step) => finite(step.loss) === null)?.step,
    imagesPerSecond: median((epochs.length > 0 ? epochs : steps).map((line) => line.imagesPerSecond)),
    elapsedMs: finite(metrics.at(-1)?.elapsedMs),
  };
}

function better(best: EpochMetrics | undefined, epoch: EpochMetrics): EpochMetrics {
  return best === undefined || (epoch.testAccuracy ?? 0) > (best.testAccuracy ?? 0) ? epoch : best;
}

function median(values: readonly number[]): number | null {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)];
  const high = sorted[Math.ceil(middle)];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
