import type { EpochMetrics } from "@nin/training";
import { count, duration, percent } from "../../terminal/format.js";

/** `Epoch 1/2: train loss 0.7123, test loss 0.4530, test accuracy 83.21%, 240 images/s, 4m 10s`. */
export function epochLine(metrics: EpochMetrics, epochs: number): string {
  const { epoch, trainLoss, testLoss, testAccuracy, imagesPerSecond, elapsedMs } = metrics;
  const test =
    testLoss === null || testAccuracy === null
      ? []
      : [`test loss ${testLoss.toFixed(4)}`, `test accuracy ${percent(testAccuracy)}`];
  const parts = [
    `train loss ${trainLoss.toFixed(4)}`,
    ...test,
    `${count(Math.round(imagesPerSecond))} images/s`,
    duration(elapsedMs),
  ];
  return `Epoch ${epoch}/${epochs}: ${parts.join(", ")}`;
}
