import {
  checkStep,
  checkTrainingState,
  DisposedError,
  type LabelledBatch,
  type Metrics,
  type StepOptions,
  type TrainingBatch,
  type TrainingSession,
  type TrainingState,
  type TrainOptions,
} from "@nin/backend";
import { philoxKey } from "@nin/spec";
import type { BatchReader, LabelledInput } from "./batch-reader.js";
import { DatasetReader } from "./dataset-reader.js";
import { EvaluationSums } from "./evaluation-sums.js";
import { initialState, type OptimizerState } from "./math/optimizer.js";
import { backwardPass, forwardPass, type Network, networkOutput } from "./network/network.js";
import { overwriteParameters, shapesOf } from "./parameters.js";
import type { ReferenceParts } from "./reference-parts.js";
import { copyTensors } from "./tensors/tensor64.js";

/** What a session shares with its model. */
export interface SessionHost {
  readonly network: Network;
  readonly reader: BatchReader;
  readonly parts: ReferenceParts;
  /** Runs work after all earlier calls of model and session. */
  enqueue<Result>(work: () => Result): Promise<Result>;
  /** Throws: `DisposedError` when the model is gone. */
  requireModel(): void;
}

/** Trains the model's own parameters, a step at a time. */
export class ReferenceTrainingSession implements TrainingSession {
  readonly #options: TrainOptions;
  readonly #host: SessionHost;
  readonly #dataset: DatasetReader;
  readonly #evaluation: EvaluationSums;
  #optimizerState: OptimizerState;
  #step: number;
  #losses: number[] = [];
  #open = true;

  /** Throws: `BatchError` for a data set that does not suit the model; `ParameterError` for `firstStep`; `RangeError` for the seed. */
  constructor(options: TrainOptions, host: SessionHost) {
    philoxKey(options.seed);
    this.#options = options;
    this.#host = host;
    this.#step = checkStep(options.firstStep ?? 0);
    this.#dataset = new DatasetReader(options.dataset, host.reader);
    this.#evaluation = new EvaluationSums(host.reader.limits.classes, host.parts);
    this.#optimizerState = initialState(options.optimizer, host.network.parameters);
  }

  /** Whether `dispose` was not called yet. */
  get open(): boolean {
    return this.#open;
  }

  step(batch: TrainingBatch, { learningRate }: StepOptions): Promise<void> {
    return this.#call(() => {
      const { input, labels } = this.#read(batch);
      const { network, parts } = this.#host;
      const { seed, optimizer } = this.#options;
      const { dropoutMask } = parts;
      const runs = [...forwardPass(network, input, { seed, step: this.#step, dropoutMask })];
      const loss = parts.loss(runs.at(-1)?.output ?? input, labels);
      const gradients = backwardPass(runs, loss.gradient);
      const position = { learningRate, step: this.#step };
      parts.stepOptimizer(optimizer, network.parameters, gradients, this.#optimizerState, position);
      this.#losses.push(loss.mean);
      this.#step += 1;
    });
  }

  evaluate(batch: LabelledBatch): Promise<void> {
    return this.#call(() => {
      const { input, labels } = this.#host.reader.labelled(batch);
      this.#evaluation.add(networkOutput(this.#host.network, input), labels);
    });
  }

  metrics(): Promise<Metrics> {
    return this.#call(() => {
      const losses = this.#losses;
      this.#losses = [];
      return { losses, evaluation: this.#evaluation.take() };
    });
  }

  readState(): Promise<TrainingState> {
    return this.#call(() => ({
      step: this.#step,
      parameters: copyTensors(this.#host.network.parameters),
      optimizer: copyTensors(this.#optimizerState),
    }));
  }

  writeState(state: TrainingState): Promise<void> {
    return this.#call(() => {
      const { parameters } = this.#host.network;
      checkTrainingState(state, this.#options.optimizer, shapesOf(parameters));
      this.#step = state.step;
      this.#optimizerState = copyTensors(state.optimizer);
      overwriteParameters(parameters, state.parameters);
    });
  }

  dispose(): Promise<void> {
    return this.#host.enqueue(() => {
      this.#open = false;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #call<Result>(work: () => Result): Promise<Result> {
    return this.#host.enqueue(() => {
      if (!this.#open) throw new DisposedError("reference: the training session");
      this.#host.requireModel();
      return work();
    });
  }

  #read(batch: TrainingBatch): LabelledInput {
    return "indices" in batch ? this.#dataset.read(batch.indices) : this.#host.reader.labelled(batch);
  }
}
