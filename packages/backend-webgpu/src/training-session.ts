import {
  type BatchLimits,
  checkBatch,
  checkDataset,
  checkIndices,
  checkLabels,
  checkStep,
  checkTrainingState,
  DisposedError,
  isBeforeFirstStep,
  type LabelledBatch,
  type Metrics,
  optimizerSlots,
  type StepOptions,
  type TrainingBatch,
  type TrainingSession,
  type TrainingState,
  type TrainOptions,
} from "@nin/backend";
import { type Parameters, philoxKey } from "@nin/spec";
import { readBuffer, writeBytes } from "./device/buffers.js";
import { updateParameters } from "./kernels/optimizer/optimizer.js";
import type { PersistentBufferName } from "./program/command.js";
import { linkProgram, type Program } from "./program/program.js";
import { keepDataset, releaseDataset } from "./runtime/dataset.js";
import type { Engine } from "./runtime/engine.js";
import { LossSlots } from "./runtime/loss-slots.js";
import { updateValues } from "./runtime/optimizer-values.js";
import { type Finish, INFERENCE, type RunFlags, runBatch, runIndices } from "./runtime/runner.js";

/** What a session shares with its model. */
export interface SessionHost {
  readonly engine: Engine;
  readonly limits: BatchLimits;
  /** Runs work after all earlier calls of model and session. */
  enqueue<Result>(work: () => Promise<Result> | Result): Promise<Result>;
  /** Throws: `DisposedError` when the model is gone. */
  requireModel(): void;
}

/** Steps that may wait on the device's queue. */
const MAX_WAITING_STEPS = 4;

const STATE_REGIONS = ["state0", "state1"] as const satisfies readonly PersistentBufferName[];

/** Trains a model's parameters on its device. */
export class WebGpuTrainingSession implements TrainingSession {
  readonly #options: TrainOptions;
  readonly #host: SessionHost;
  readonly #losses: LossSlots;
  readonly #update: Program;
  #step: number;
  /** Whether the optimizer has done a step, or was given its state. */
  #hasState: boolean;
  #waiting: Promise<undefined>[] = [];
  #open = true;

  /**
   * Throws: `BatchError` for a data set that does not suit the model; `ParameterError` for `firstStep`;
   * `RangeError` for the seed; `UnsupportedError` for a data set that the device cannot hold.
   */
  static async open(options: TrainOptions, host: SessionHost): Promise<WebGpuTrainingSession> {
    const { engine, limits } = host;
    philoxKey(options.seed);
    const step = checkStep(options.firstStep ?? 0);
    if (options.dataset !== undefined) checkDataset(options.dataset, limits);
    await engine.tune();
    await engine.stage("training");
    const update = await engine.context.checked("making the training program", async () => {
      if (options.dataset !== undefined) await keepDataset(engine, options.dataset, limits.maxBatch);
      return linkUpdate(options, engine);
    });
    return new WebGpuTrainingSession(options, host, update, step);
  }

  private constructor(options: TrainOptions, host: SessionHost, update: Program, step: number) {
    this.#options = options;
    this.#host = host;
    this.#update = update;
    this.#step = step;
    this.#hasState = options.optimizer.kind === "adamw";
    this.#losses = new LossSlots(host.engine);
  }

  get open(): boolean {
    return this.#open;
  }

  step(batch: TrainingBatch, { learningRate }: StepOptions): Promise<void> {
    return this.#call(async () => {
      const { engine, limits } = this.#host;
      const count = this.#check(batch, limits);
      const stage = await engine.stage("training");
      const { optimizer, seed } = this.#options;
      const flags: RunFlags = {
        training: true,
        step: this.#step,
        key: philoxKey(seed),
        lossSlot: this.#losses.take("step", count),
        update: updateValues(optimizer, learningRate, { step: this.#step, hasState: this.#hasState }),
      };
      const finish: Finish = (pass, stepOffset) => this.#update.encode(pass, 1, stepOffset);
      if ("indices" in batch) await runIndices(engine, stage, batch.indices, flags, finish);
      else await runBatch(engine, stage, batch, flags, { finish });
      this.#step += 1;
      this.#hasState = true;
      await this.#makeRoom();
    });
  }

  evaluate(batch: LabelledBatch): Promise<void> {
    return this.#call(async () => {
      const { engine, limits } = this.#host;
      const count = checkBatch(batch, limits);
      checkLabels(batch.labels, count, limits.classes);
      const lossSlot = this.#losses.take("evaluation", count);
      await runBatch(engine, await engine.stage("evaluation"), batch, { ...INFERENCE, lossSlot });
      await this.#makeRoom();
    });
  }

  metrics(): Promise<Metrics> {
    return this.#call(() => this.#losses.metrics());
  }

  readState(): Promise<TrainingState> {
    return this.#call(async () => {
      const { engine } = this.#host;
      const slots = this.#hasState ? optimizerSlots(this.#options.optimizer) : [];
      const optimizer = await Promise.all(
        slots.map(async (slot, index) => {
          const packed = await this.#read(STATE_REGIONS[index] ?? "state0");
          return [...engine.parameters.unpack(packed, `${slot}.`)];
        }),
      );
      return {
        step: this.#step,
        parameters: engine.parameters.unpack(await this.#read("parameters")),
        optimizer: new Map(optimizer.flat()),
      };
    });
  }

  writeState(state: TrainingState): Promise<void> {
    return this.#call(() => {
      const { engine } = this.#host;
      const { optimizer } = this.#options;
      checkTrainingState(state, optimizer, engine.parameters.shapes);
      this.#step = state.step;
      this.#hasState = !isBeforeFirstStep(optimizer, state.optimizer);
      this.#write("parameters", state.parameters);
      optimizerSlots(optimizer).forEach((slot, index) => {
        const own = [...state.optimizer].filter(([name]) => name.startsWith(`${slot}.`));
        const tensors = new Map(own.map(([name, tensor]) => [name.slice(slot.length + 1), tensor]));
        this.#write(STATE_REGIONS[index] ?? "state0", tensors);
      });
    });
  }

  dispose(): Promise<void> {
    return this.#host.enqueue(() => this.close());
  }

  /** What `dispose` does, at once. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#update.dispose();
    this.#losses.dispose();
    const { engine } = this.#host;
    for (const region of STATE_REGIONS) engine.persistent.release(region);
    releaseDataset(engine);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #check(batch: TrainingBatch, limits: BatchLimits): number {
    if ("indices" in batch) return checkIndices(batch.indices, this.#options.dataset, limits);
    const count = checkBatch(batch, limits);
    checkLabels(batch.labels, count, limits.classes);
    return count;
  }

  /** Waits while too much is enqueued: a queue without end is memory without end. */
  async #makeRoom(): Promise<void> {
    const { queue } = this.#host.engine.context.device;
    // A session that ends waits for none of them. What went wrong the next call throws.
    this.#waiting.push(queue.onSubmittedWorkDone().catch(() => undefined));
    if (this.#waiting.length > MAX_WAITING_STEPS) await this.#waiting.shift();
  }

  async #read(region: PersistentBufferName): Promise<Float32Array> {
    const { context, persistent, parameters } = this.#host.engine;
    const sizeBytes = parameters.length * Float32Array.BYTES_PER_ELEMENT;
    return new Float32Array(await readBuffer(context, persistent.ensure(region, 0), sizeBytes));
  }

  #write(region: PersistentBufferName, tensors: Parameters): void {
    const { context, persistent, parameters } = this.#host.engine;
    writeBytes(context.device, persistent.ensure(region, 0), parameters.pack(tensors));
  }

  #call<Result>(work: () => Promise<Result> | Result): Promise<Result> {
    return this.#host.enqueue(() => {
      if (!this.#open) throw new DisposedError("webgpu: the training session");
      this.#host.requireModel();
      this.#host.engine.context.throwFailure();
      return work();
    });
  }
}

async function linkUpdate({ optimizer }: TrainOptions, engine: Engine): Promise<Program> {
  const { persistent, parameters, context, stepUniforms } = engine;
  const slots = optimizerSlots(optimizer);
  const sizeBytes = parameters.length * Float32Array.BYTES_PER_ELEMENT;
  persistent.ensure("gradients", sizeBytes);
  // SGD's kernel has a velocity even where it has no momentum.
  const names = slots.length === 0 ? STATE_REGIONS.slice(0, 1) : STATE_REGIONS.slice(0, slots.length);
  for (const name of names) {
    persistent.release(name);
    persistent.ensure(name, slots.length === 0 ? 0 : sizeBytes);
  }
  const command = updateParameters(optimizer, parameters.length, {
    gradient: { buffer: "gradients" },
    parameter: { buffer: "parameters" },
    state: names.map((buffer) => ({ buffer })),
  });
  const plan = { bufferBytes: [], bufferOf: new Map(), lowerBoundBytes: 0 };
  return linkProgram(context, [command], {
    plan,
    tensors: [],
    persistent: persistent.buffers,
    stepUniforms,
  });
}
