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
  /** Missing before the first evaluation of a validation split, and in checkpoints of earlier versions. */
  readonly selection?: SelectionState;
  /** Missing in checkpoints of earlier versions. */
  readonly warnings?: WarningCounters;
}

/** What a run remembers of its validation scores, of what the recipe asks for. */
export interface SelectionState {
  /** The best epoch: by the monitor of early stopping, else by `validationLoss`; of equals the first. */
  readonly best: BestEpoch;
  readonly plateau?: Patience & {
    /** How often the learning rate has been reduced. */
    readonly reductions: number;
  };
  readonly earlyStopping?: Patience;
}

export interface BestEpoch {
  /** The first is 1. */
  readonly epoch: number;
  /** Steps done with it: the name of its checkpoint. */
  readonly step: number;
  /** What was monitored, in that epoch. */
  readonly value: number;
}

/** Counts epochs without improvement. */
export interface Patience {
  /** The value of the last epoch that improved. */
  readonly best: number;
  /** Epochs since then, or since the rate was last reduced. */
  readonly badEpochs: number;
}

/** What warnings depend on besides the next step, so that a resumed run gives the same ones. */
export interface WarningCounters {
  /** Steps in a row whose loss was that of guessing. */
  readonly plateauSteps: number;
  /** The mean losses of blocks of steps. */
  readonly blocks: {
    /** Of the current block, which is not full. */
    readonly sum: number;
    readonly count: number;
    /** The lowest of the full blocks and of the run's first loss; null before that. */
    readonly lowest: number | null;
    /** Whether divergence has been reported. */
    readonly reported: boolean;
  };
  /** The step of the last evaluation; 0 before the first. */
  readonly evaluatedStep: number;
  /** For each class that the last evaluation did not predict: the step since which it was not. */
  readonly unpredicted: readonly UnpredictedClass[];
}

export interface UnpredictedClass {
  readonly label: number;
  /** The step of the last evaluation that predicted it, or 0. */
  readonly sinceStep: number;
  readonly reported: boolean;
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
    ...bestProblem(progress, stepsPerEpoch),
  ];
  const wrong = expected.find(([, wanted, given]) => wanted !== given);
  return wrong && `${wrong[0]}: expected ${wrong[1]}, got ${wrong[2]}`;
}

function bestProblem(
  { selection, epoch }: Progress,
  stepsPerEpoch: number,
): readonly (readonly [name: string, expected: number, given: number])[] {
  if (selection === undefined) return [];
  const { best } = selection;
  return [
    ["best epoch", Math.min(Math.max(best.epoch, 1), epoch), best.epoch],
    ["best epoch's step", best.epoch * stepsPerEpoch, best.step],
  ];
}
