import {
  checkDataset,
  checkIndices,
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
import type { OnnxRuntimeModel } from "./model.js";
import type { CheckedBatch } from "./runtime/protocol.js";

/** Steps handed to the worker at once: one runs, one waits, so that it never idles and few batches are in memory. */
const QUEUED_STEPS = 2;
/** A batch of more bytes does not wait in memory while another one is computed: its copy takes far less time than its step. */
const LARGE_BATCH_BYTES = 16e6;

/** Training in the model's worker thread, which runs calls in the order in which they are sent. */
export class OnnxRuntimeSession implements TrainingSession {
  readonly #enqueued: Promise<void>[] = [];
  #failure: unknown;
  #disposed = false;

  /** Throws: `RangeError` for the seed, `ParameterError` for the first step, `BatchError` for the data set. */
  constructor(
    private readonly model: OnnxRuntimeModel,
    private readonly options: TrainOptions,
    private readonly onClose: () => void,
  ) {
    philoxKey(options.seed);
    checkStep(options.firstStep ?? 0);
    if (options.dataset !== undefined) checkDataset(options.dataset, model.limits);
  }

  async open(): Promise<void> {
    const { optimizer, seed, firstStep = 0, dataset } = this.options;
    await this.model.call("starting to train", "openSession", {
      optimizer,
      seed,
      firstStep,
      ...(dataset === undefined ? {} : { dataset }),
    });
  }

  async step(batch: TrainingBatch, { learningRate }: StepOptions): Promise<void> {
    this.#requireUsable();
    const checked = "indices" in batch ? this.#checkedIndices(batch.indices) : this.model.labelled(batch);
    const bytes = checked.batch.kind === "indices" ? 0 : checked.batch.images.byteLength;
    const call = this.model.call("a training step", "step", { ...checked, learningRate });
    await this.#enqueue(call, bytes > LARGE_BATCH_BYTES ? 1 : QUEUED_STEPS);
  }

  async evaluate(batch: LabelledBatch): Promise<void> {
    this.#requireUsable();
    await this.#enqueue(this.model.call("evaluating", "evaluate", this.model.labelled(batch)));
  }

  async metrics(): Promise<Metrics> {
    this.#requireUsable();
    return this.#afterEnqueued(this.model.call("reading metrics", "metrics"));
  }

  async readState(): Promise<TrainingState> {
    this.#requireUsable();
    const state = this.model.call("reading the training state", "readState");
    const { step, parameters, optimizer } = await this.#afterEnqueued(state);
    return { step, parameters: new Map(parameters), optimizer: new Map(optimizer) };
  }

  async writeState(given: TrainingState): Promise<void> {
    this.#requireUsable();
    checkTrainingState(given, this.options.optimizer, this.model.parameterShapes);
    const { step, parameters, optimizer } = given;
    const state = { step, parameters: [...parameters], optimizer: [...optimizer] };
    await this.#afterEnqueued(this.model.call("writing the training state", "writeState", state));
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.onClose();
    // A worker that failed or is gone has no session left to end.
    await this.model.call("ending training", "closeSession").catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #checkedIndices(indices: Uint32Array): { readonly batch: CheckedBatch } {
    const count = checkIndices(indices, this.options.dataset, this.model.limits);
    return { batch: { kind: "indices", count, indices: indices.slice() } };
  }

  /** Waits only while the queue is full. A failure surfaces at the next call. */
  async #enqueue(work: Promise<void>, room = QUEUED_STEPS): Promise<void> {
    const settled = work
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#enqueued.splice(this.#enqueued.indexOf(settled), 1);
      });
    this.#enqueued.push(settled);
    while (this.#enqueued.length >= room) await this.#enqueued[0];
  }

  /** The result of a call, unless what was enqueued before it failed. */
  async #afterEnqueued<Result>(call: Promise<Result>): Promise<Result> {
    const [result] = await Promise.allSettled([call, ...this.#enqueued]);
    if (this.#failure !== undefined) throw this.#failure;
    if (result.status === "rejected") throw result.reason;
    return result.value;
  }

  #requireUsable(): void {
    if (this.#disposed) throw new DisposedError("training session");
    this.model.requireModel();
    if (this.#failure !== undefined) throw this.#failure;
  }
}
