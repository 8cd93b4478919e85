import {
  BatchError,
  checkLabels,
  checkParameters,
  DisposedError,
  type LabelledBatch,
  type Metrics,
  type StepOptions,
  type TrainingBatch,
  type TrainingSession,
  type TrainingState,
  type TrainOptions,
} from "@nin/backend";
import { elementCount, type Shape } from "@nin/spec";
import type { OnnxRuntimeModel } from "./model.js";
import { updateRule } from "./programs/train.js";
import type { CheckedBatch } from "./runtime/protocol.js";

/** Steps that may wait in the worker's queue: enough that it never idles, few enough to stay small. */
const QUEUED_STEPS = 4;

/** Training in the model's worker thread. */
export class OnnxRuntimeSession implements TrainingSession {
  readonly #enqueued: Promise<void>[] = [];
  #failure: unknown;
  #disposed = false;

  constructor(
    private readonly model: OnnxRuntimeModel,
    private readonly options: TrainOptions,
    private readonly onClose: () => void,
  ) {}

  async open(): Promise<void> {
    const { optimizer, seed, firstStep = 0, dataset } = this.options;
    if (dataset !== undefined) this.#checkDataset(dataset.images, dataset.labels);
    await this.model.call("starting to train", "openSession", {
      optimizer,
      seed,
      firstStep,
      ...(dataset === undefined ? {} : { dataset }),
    });
  }

  async step(batch: TrainingBatch, { learningRate }: StepOptions): Promise<void> {
    const checked = this.#checkedStep(batch);
    const labels = "labels" in batch ? { labels: batch.labels } : {};
    await this.#enqueue(
      this.model.call("a training step", "step", { batch: checked, ...labels, learningRate }),
    );
  }

  async evaluate(batch: LabelledBatch): Promise<void> {
    this.#checkUsable();
    const checked = this.model.checked(batch);
    checkLabels(batch.labels, checked.count, this.model.limits.classes);
    await this.#enqueue(this.model.call("evaluating", "evaluate", { batch: checked, labels: batch.labels }));
  }

  async metrics(): Promise<Metrics> {
    await this.#drain();
    return this.model.call("reading metrics", "metrics");
  }

  async readState(): Promise<TrainingState> {
    await this.#drain();
    const { step, parameters, optimizer } = await this.model.call("reading the training state", "readState");
    return { step, parameters: new Map(parameters), optimizer: new Map(optimizer) };
  }

  async writeState({ step, parameters, optimizer }: TrainingState): Promise<void> {
    await this.#drain();
    checkParameters(parameters, this.model.parameterShapes);
    if (step > 0 || optimizer.size > 0) checkParameters(optimizer, this.#optimizerShapes());
    await this.model.call("writing the training state", "writeState", {
      step,
      parameters: [...parameters],
      optimizer: [...optimizer],
    });
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await Promise.allSettled(this.#enqueued);
    await this.model.call("ending training", "closeSession").catch((error: unknown) => {
      if (!(error instanceof DisposedError)) throw error;
    });
    this.onClose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #checkedStep(batch: TrainingBatch): CheckedBatch {
    this.#checkUsable();
    const { maxBatch, classes } = this.model.limits;
    if (!("indices" in batch)) {
      const checked = this.model.checked(batch);
      checkLabels(batch.labels, checked.count, classes);
      return checked;
    }
    const { dataset } = this.options;
    if (dataset === undefined)
      throw new BatchError("batch", "images (the session has no data set)", "indices");
    const { indices } = batch;
    const count = indices.length;
    if (count < 1 || count > maxBatch) throw new BatchError("batch", `1 to ${maxBatch} images`, `${count}`);
    const size = dataset.labels.length;
    const wrong = indices.findIndex((index) => index >= size);
    if (wrong >= 0) throw new BatchError(`indices[${wrong}]`, `0 to ${size - 1}`, `${indices[wrong]}`);
    return { kind: "indices", count, indices };
  }

  #checkDataset(images: Uint8Array, labels: Uint8Array): void {
    const { imageShape, classes } = this.model.limits;
    if (imageShape === undefined) {
      throw new BatchError("dataset", "a model compiled with `images`", "one without");
    }
    checkLabels(labels, images.length / elementCount(imageShape), classes);
  }

  #optimizerShapes(): ReadonlyMap<string, Shape> {
    const { slots } = updateRule(this.options.optimizer);
    return new Map(
      slots.flatMap((slot) =>
        [...this.model.parameterShapes].map(([name, shape]) => [`${slot}.${name}`, shape] as const),
      ),
    );
  }

  /** Waits only while the queue is full. A failure surfaces at the next call. */
  async #enqueue(work: Promise<void>): Promise<void> {
    const settled = work
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#enqueued.splice(this.#enqueued.indexOf(settled), 1);
      });
    this.#enqueued.push(settled);
    while (this.#enqueued.length >= QUEUED_STEPS) await this.#enqueued[0];
  }

  async #drain(): Promise<void> {
    this.#checkUsable();
    await Promise.all(this.#enqueued);
    this.#checkUsable();
  }

  #checkUsable(): void {
    if (this.#disposed) throw new DisposedError("training session");
    if (this.#failure !== undefined) throw this.#failure;
  }
}
