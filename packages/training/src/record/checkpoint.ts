import type { TrainingState } from "@nin/backend";
import { batchesPerEpoch } from "@nin/data";
import type { EpochMetrics } from "./metrics.js";

/** The state of a run between two steps: everything that its next step depends on, apart from data and recipe. */
export interface Checkpoint {
  /** Step, parameters and optimizer state. */
  readonly state: TrainingState;
  readonly progress: Progress;
  /** Where it was computed; missing in checkpoints of earlier versions. */
  readonly environment?: TrainingEnvironment;
}

/**
 * What the results of a training depend on besides architecture, recipe, data and device: versions, threads, the
 * kernels that were chosen, by name. Where an entry differs, a resumed run may differ in its last bits.
 */
export type TrainingEnvironment = Readonly<Record<string, string>>;

/** How far a run has got. */
export interface Progress {
  /** Epochs finished: trained and, unless evaluation is turned off, evaluated. */
  readonly epoch: number;
  /** Steps done in the current epoch: all of them where the evaluation behind them was interrupted. */
  readonly position: number;
  /** Sum of the losses of the current epoch's images, in float64 in the order of the steps. */
  readonly lossSum: number;
  /** The number of images trained on in the current epoch. */
  readonly count: number;
  /** Time that the run has taken, without interruptions. Units: milliseconds. */
  readonly elapsedMs: number;
  /** The metrics of the finished epochs, in order. */
  readonly epochs: readonly EpochMetrics[];
}

/** What the counts of a run follow from. */
export interface RunLength {
  readonly trainingImages: number;
  readonly batchSize: number;
  readonly epochs: number;
}

/** How a checkpoint contradicts itself or the run: `step: expected 9, got 10`; `undefined` when it is consistent. */
export function progressProblem(
  { state, progress }: Pick<Checkpoint, "progress"> & { readonly state: { readonly step: number } },
  { trainingImages, batchSize, epochs }: RunLength,
): string | undefined {
  const stepsPerEpoch = batchesPerEpoch(trainingImages, batchSize);
  const { epoch, position, count, lossSum } = progress;
  if (epoch > epochs) return `epoch: expected at most ${epochs}, got ${epoch}`;
  const most = epoch === epochs ? 0 : stepsPerEpoch;
  if (position > most) return `position: expected at most ${most}, got ${position}`;
  const expected: readonly (readonly [name: string, expected: number, given: number])[] = [
    ["step", epoch * stepsPerEpoch + position, state.step],
    ["images", Math.min(position * batchSize, trainingImages), count],
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
