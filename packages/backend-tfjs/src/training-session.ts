import {
  type BatchLimits,
  checkBatch,
  checkDataset,
  checkIndices,
  checkLabels,
  checkStep,
  checkTrainingState,
  type Dataset,
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
import { initializeState, stepOptimizer } from "./optimizer/optimizer.js";
import { gatherBatch, imagesOfBatch, type ReadableBatch } from "./runtime/batch-images.js";
import type { Engine } from "./runtime/engine.js";
import { EvaluationLog } from "./runtime/evaluation-log.js";
import { LossLog } from "./runtime/loss-log.js";
import { TensorStore } from "./runtime/tensor-store.js";

/** What a session shares with its model. */
export interface SessionHost {
  readonly engine: Engine;
  readonly limits: BatchLimits;
  /** Runs work after all earlier calls of model and session; its failure says what was being done. */
  enqueue<Result>(doing: string, work: () => Promise<Result> | Result): Promise<Result>;
  /** Throws: `DisposedError` when the model is gone. */
  requireModel(): void;
}

/** Trains a model's parameters on its device. */
export class TensorFlowTrainingSession implements TrainingSession {
  readonly #options: TrainOptions;
  readonly #host: SessionHost;
  readonly #state: TensorStore;
  readonly #losses: LossLog;
  readonly #evaluation: EvaluationLog;
  #step: number;
  #open = true;

  /**
   * Throws: `BatchError` for a data set that does not suit the model; `ParameterError` for `firstStep`;
   * `RangeError` for the seed.
   */
  constructor(options: TrainOptions, host: SessionHost) {
    philoxKey(options.seed);
    this.#options = options;
    this.#host = host;
    this.#step = checkStep(options.firstStep ?? 0);
    if (options.dataset !== undefined) checkDataset(options.dataset, host.limits);
    const { runtime, network, classes } = host.engine;
    this.#state = new TensorStore(runtime);
    this.#losses = new LossLog(runtime);
    this.#evaluation = new EvaluationLog(runtime, classes);
    initializeState(runtime, options.optimizer, network.parameters, this.#state);
  }

  /** Whether `dispose` was not called yet. */
  get open(): boolean {
    return this.#open;
  }

  step(batch: TrainingBatch, { learningRate }: StepOptions): Promise<void> {
    return this.#call("a training step", async () => {
      const { runtime, network } = this.#host.engine;
      const { seed, optimizer } = this.#options;
      const step = this.#step;
      const { loss, gradients } = await this.#host.engine.gradients(this.#read(batch), { seed, step });
      const update = { parameters: network.parameters, state: this.#state, gradients };
      stepOptimizer(runtime, optimizer, update, { learningRate, step });
      runtime.tf.dispose([...gradients.values()]);
      this.#losses.add(loss);
      this.#step += 1;
    });
  }

  evaluate(batch: LabelledBatch): Promise<void> {
    return this.#call("evaluating", async () => {
      const { count, images, labels } = this.#labelled(batch);
      const { engine } = this.#host;
      await engine.eachPart(count, async (part) => {
        const scores = await engine.scores(images, part);
        this.#evaluation.add(scores, labels.subarray(part.start, part.end));
        scores.dispose();
      });
    });
  }

  metrics(): Promise<Metrics> {
    return this.#call("reading metrics", async () => ({
      losses: await this.#losses.take(),
      evaluation: await this.#evaluation.take(),
    }));
  }

  readState(): Promise<TrainingState> {
    return this.#call("reading the training state", async () => ({
      step: this.#step,
      parameters: await this.#host.engine.network.parameters.read(),
      optimizer: await this.#state.read(),
    }));
  }

  writeState(state: TrainingState): Promise<void> {
    return this.#call("writing the training state", () => {
      const { runtime, network } = this.#host.engine;
      const { optimizer } = this.#options;
      checkTrainingState(state, optimizer, network.parameters.shapes);
      this.#step = state.step;
      network.parameters.write(state.parameters);
      initializeState(runtime, optimizer, network.parameters, this.#state);
      this.#state.write(state.optimizer);
    });
  }

  dispose(): Promise<void> {
    return this.#host.enqueue("ending training", () => this.release());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** Frees what the session holds on the device. For the model, between calls. */
  release(): void {
    this.#open = false;
    this.#state.clear();
    this.#losses.dispose();
    this.#evaluation.dispose();
  }

  #read(batch: TrainingBatch): ReadableBatch {
    if (!("indices" in batch)) return this.#labelled(batch);
    const { dataset = NO_DATA } = this.#options;
    checkIndices(batch.indices, this.#options.dataset, this.#host.limits);
    return gatherBatch(batch.indices, dataset, this.#host.engine.source);
  }

  #labelled(batch: LabelledBatch): ReadableBatch {
    const { limits, engine } = this.#host;
    const count = checkBatch(batch, limits);
    checkLabels(batch.labels, count, limits.classes);
    return { count, images: imagesOfBatch(batch, count, engine.source), labels: batch.labels };
  }

  #call<Result>(doing: string, work: () => Promise<Result> | Result): Promise<Result> {
    return this.#host.enqueue(doing, () => {
      if (!this.#open) throw new DisposedError("tfjs: the training session");
      this.#host.requireModel();
      return work();
    });
  }
}

/** `checkIndices` has refused a batch of positions in no data set. */
const NO_DATA: Dataset = { images: new Uint8Array(), labels: new Uint8Array() };
