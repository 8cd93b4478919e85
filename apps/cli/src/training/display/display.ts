import type { EpochMetrics, TrainingEvent } from "@nin/training";
import { count, duration, percent } from "../../terminal/format.js";

/** Shows the progress of a training. */
export interface TrainingDisplay {
  on(event: TrainingEvent): void;
  /** Prints a line that stays. */
  note(line: string): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}

/**
 * `Epoch 1/2: train loss 0.7123, test loss 0.4530, test accuracy 83.21%, 240 images/s, 4m 10s`; with a validation split
 * its loss and accuracy before those of the test images.
 */
export function epochLine(metrics: EpochMetrics, epochs: number): string {
  const { epoch, trainLoss, imagesPerSecond, elapsedMs } = metrics;
  const { testLoss, testAccuracy, validationLoss = null, validationAccuracy = null } = metrics;
  const parts = [
    `train loss ${trainLoss.toFixed(4)}`,
    ...scores("validation", validationLoss, validationAccuracy),
    ...scores("test", testLoss, testAccuracy),
    `${count(Math.round(imagesPerSecond))} images/s`,
    duration(elapsedMs),
  ];
  return `Epoch ${epoch}/${epochs}: ${parts.join(", ")}`;
}

function scores(name: string, loss: number | null, accuracy: number | null): readonly string[] {
  if (loss === null || accuracy === null) return [];
  return [`${name} loss ${loss.toFixed(4)}`, `${name} accuracy ${percent(accuracy)}`];
}

/** The weight of a new rate in the moving average. */
const WEIGHT = 0.2;

/** Estimates how long the rest of a training takes, without evaluations. */
export class TimeLeft {
  #imagesPerSecond: number | undefined;

  constructor(private readonly batchSize: number) {}

  /**
   * @param imagesPerSecond - the rate of the last steps
   * @returns the time for the steps left, in milliseconds
   */
  estimate(imagesPerSecond: number, stepsLeft: number): number {
    // The first rate is the average so far.
    const before = this.#imagesPerSecond ?? imagesPerSecond;
    this.#imagesPerSecond = before + WEIGHT * (imagesPerSecond - before);
    if (this.#imagesPerSecond <= 0) return 0;
    return (1000 * stepsLeft * this.batchSize) / this.#imagesPerSecond;
  }
}
