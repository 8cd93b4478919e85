import { batchesPerEpoch } from "@nin/data";
import type { Checkpoint } from "./checkpoint.js";

/** What a run's counts follow from. */
export interface RunLength {
  readonly trainingImages: number;
  readonly batchSize: number;
  readonly epochs: number;
}

/** What in a checkpoint contradicts the rest of it, or the run: `step: expected 9, got 10`; undefined when all agrees. */
export function progressProblem(
  { state, progress }: Pick<Checkpoint, "progress"> & { readonly state: { readonly step: number } },
  { trainingImages, batchSize, epochs }: RunLength,
): string | undefined {
  const stepsPerEpoch = batchesPerEpoch(trainingImages, batchSize);
  const { epoch, position, images, lossSum } = progress;
  if (epoch > epochs) return `epoch: expected at most ${epochs}, got ${epoch}`;
  const most = epoch === epochs ? 0 : stepsPerEpoch;
  if (position > most) return `position: expected at most ${most}, got ${position}`;
  const expected: readonly (readonly [name: string, expected: number, given: number])[] = [
    ["step", epoch * stepsPerEpoch + position, state.step],
    ["images", Math.min(position * batchSize, trainingImages), images],
    ["epochs", epoch, progress.epochs.length],
    ...progress.epochs.flatMap((each, index) => [
      ["epochs' number", index + 1, each.epoch] as const,
      ["epochs' step", (index + 1) * stepsPerEpoch, each.step] as const,
    ]),
    ...(position === 0 ? [["lossSum", 0, lossSum] as const] : []),
  ];
  const wrong = expected.find(([, wanted, given]) => wanted !== given);
  return wrong && `${wrong[0]}: expected ${wrong[1]}, got ${wrong[2]}`;
}
