import type { NamedTensors } from "@nin/spec";
import type { LabelledBatch, TrainingBatch } from "./batch.js";

/**
 * Training in progress. Calls run in the order they were made; `step` and `evaluate` only
 * enqueue, so that a device is never idle, and what they compute is read by `metrics`.
 */
export interface TrainingSession extends AsyncDisposable {
  /**
   * Enqueues one optimizer step on the batch's mean loss, dropout on. Resolves when the batch may
   * be changed and there is room for another step; it does not wait for the step's end.
   *
   * @throws `BatchError`, also for an index beyond the data set. A failure on the device is thrown by the
   * next call.
   */
  step(batch: TrainingBatch, options: StepOptions): Promise<void>;
  /** Enqueues an evaluation without dropout; adds to `metrics().evaluation`, changes nothing else. */
  evaluate(batch: LabelledBatch): Promise<void>;
  /** Waits for all that was enqueued; gives what was gathered since the last call and starts anew. */
  metrics(): Promise<Metrics>;
  /** Waits for all that was enqueued; a copy of the state. */
  readState(): Promise<TrainingState>;
  /**
   * Replaces parameters, optimizer state and step; SGD's state may lack velocities, as before its first
   * step.
   *
   * @throws `ParameterError`; nothing is changed then.
   */
  writeState(state: TrainingState): Promise<void>;
  /** Ends the session; the model keeps the trained parameters. Idempotent, also when the model is gone. */
  dispose(): Promise<void>;
}

export interface StepOptions {
  /** The step's own rate; rounded to f32 where the backend computes so. */
  readonly learningRate: number;
  /** The epoch, from 0: of the random numbers of an augmentation, for which it is required. */
  readonly epoch?: number;
}

export interface Metrics {
  /** Mean loss of each step since the last call, in order, dropout on, before the step's update. */
  readonly losses: readonly number[];
  readonly evaluation: Evaluation;
}

/** Sums over the batches evaluated since the last `metrics`. */
export interface Evaluation {
  readonly count: number;
  readonly lossSum: number;
  readonly correct: number;
  /** [classes x classes], row-major: row the label, column the prediction (the first maximum). */
  readonly confusion: readonly number[];
}

/** All that a training run's next step depends on, data and seed aside. */
export interface TrainingState {
  /** Steps done since the run began. */
  readonly step: number;
  readonly parameters: NamedTensors;
  /**
   * `velocity.<parameter>` (SGD with momentum, once a step was done), or `moment1.<parameter>`
   * and `moment2.<parameter>` (AdamW); empty otherwise.
   */
  readonly optimizer: NamedTensors;
}
