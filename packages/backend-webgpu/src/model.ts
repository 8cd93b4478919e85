import {
  type Batch,
  type BatchLimits,
  batchLimits,
  CallQueue,
  checkBatch,
  checkLabels,
  checkParameters,
  DisposedError,
  type LabelledBatch,
  type LossAndGradients,
  type Model,
  type RealizedLayer,
  SessionError,
  type TrainingSession,
  type TrainOptions,
} from "@nin/backend";
import type { Architecture, Parameters, Tensor } from "@nin/spec";
import { readBuffer, writeBytes } from "./device/buffers.js";
import { BACKEND, type GpuContext } from "./device/gpu-context.js";
import { imageLength, type Value } from "./layers/value.js";
import { tensorBuffer } from "./program/program.js";
import { Engine, type EngineOptions } from "./runtime/engine.js";
import { unscaled } from "./runtime/gradient-scale.js";
import { INFERENCE, imageCount, runBatch } from "./runtime/runner.js";
import { joinImages } from "./runtime/unpack-values.js";
import { WebGpuTrainingSession } from "./training-session.js";

/** How a model is realized. */
export type ModelOptions = EngineOptions;

/** Realizes an architecture on a device, its parameters zero. Throws: `UnsupportedError`, `RuntimeError`. */
export async function createWebGpuModel(
  context: GpuContext,
  architecture: Architecture,
  options: ModelOptions,
): Promise<Model> {
  context.throwFailure();
  const engine = new Engine(context, architecture, options);
  try {
    await engine.stage("inference");
    return new WebGpuModel(engine, architecture, options);
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

class WebGpuModel implements Model {
  readonly layers: readonly RealizedLayer[];
  readonly #engine: Engine;
  readonly #limits: BatchLimits;
  readonly #queue = new CallQueue();
  #session: WebGpuTrainingSession | undefined;
  #disposed = false;

  constructor(engine: Engine, architecture: Architecture, options: ModelOptions) {
    this.#engine = engine;
    this.layers = engine.plan("inference", 1).network.layers;
    this.#limits = batchLimits(architecture, options, engine.classes);
  }

  realization(): Readonly<Record<string, string>> {
    return this.#engine.realization();
  }

  readParameters(): Promise<Parameters> {
    return this.#call(async () => this.#engine.parameters.unpack(await this.#read("parameters")));
  }

  writeParameters(parameters: Parameters): Promise<void> {
    return this.#call(() => {
      checkParameters(parameters, this.#engine.parameters.shapes);
      writeBytes(
        this.#engine.context.device,
        this.#engine.persistent.ensure("parameters", 0),
        this.#engine.parameters.pack(parameters),
      );
    });
  }

  predict(batch: Batch): Promise<Tensor> {
    return this.#call(async () => {
      checkBatch(batch, this.#limits);
      const [scores] = await this.#outputs("inference", batch, ({ scores }) => [scores]);
      if (scores === undefined) throw new Error("webgpu: no scores");
      return scores;
    });
  }

  activations(batch: Batch): Promise<ReadonlyMap<string, Tensor>> {
    return this.#call(async () => {
      checkBatch(batch, this.#limits);
      const { outputs } = (await this.#engine.stage("outputs")).network;
      const tensors = await this.#outputs("outputs", batch, () => [...outputs.values()]);
      return new Map(
        [...outputs.keys()].map((name, index) => [
          name,
          tensors[index] ?? { shape: [], data: new Float32Array() },
        ]),
      );
    });
  }

  gradients(batch: LabelledBatch): Promise<LossAndGradients> {
    return this.#call(async () => {
      const count = checkBatch(batch, this.#limits);
      checkLabels(batch.labels, count, this.#limits.classes);
      const engine = this.#engine;
      const stage = await engine.stage("training");
      const slots = engine.persistent.ensure("losses", 0);
      const reads = [{ buffer: slots, imageBytes: Float32Array.BYTES_PER_ELEMENT }];
      const parts = await runBatch(
        engine,
        stage,
        batch,
        { ...INFERENCE, lossSlot: engine.scratchLossSlot },
        { reads },
      );
      let sum = 0;
      for (const part of parts) {
        for (const read of part) sum += new Float32Array(await read.take()).reduce((a, b) => a + b, 0);
      }
      const scaled = await this.#read("gradients");
      const gradients = engine.parameters.unpack(unscaled(scaled, engine.gradientScale(count)));
      engine.context.throwFailure();
      return { loss: sum / count, gradients };
    });
  }

  train(options: TrainOptions): Promise<TrainingSession> {
    return this.#call(async () => {
      if (this.#session?.open === true) throw new SessionError(BACKEND);
      this.#session = await WebGpuTrainingSession.open(options, {
        engine: this.#engine,
        limits: this.#limits,
        enqueue: (work) => this.#queue.run(work),
        requireModel: () => this.#requireModel(),
      });
      return this.#session;
    });
  }

  dispose(): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#disposed) return;
      this.#disposed = true;
      this.#session?.close();
      await this.#engine.dispose();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** Values of a stage after a run on a batch. */
  async #outputs(
    kind: "inference" | "outputs",
    batch: Batch,
    valuesOf: (network: { readonly scores: Value }) => readonly Value[],
  ): Promise<readonly Tensor[]> {
    const engine = this.#engine;
    const stage = await engine.stage(kind);
    const values = valuesOf(stage.network);
    const reads = values.map((value) => ({
      buffer: tensorBuffer(value.tensor, stage.plan, stage.tensors),
      imageBytes: imageLength(value) * Float32Array.BYTES_PER_ELEMENT,
    }));
    const flags = { ...INFERENCE, lossSlot: engine.scratchLossSlot };
    const unlabelled = "input" in batch ? { input: batch.input } : { images: batch.images };
    const parts = await runBatch(engine, stage, unlabelled, flags, { reads });
    const taken = await Promise.all(parts.map((part) => Promise.all(part.map((read) => read.take()))));
    engine.context.throwFailure();
    const count = imageCount(engine, batch);
    return values.map((value, index) =>
      joinImages(
        value,
        count,
        taken.map((part) => new Float32Array(part[index] ?? new ArrayBuffer(0))),
      ),
    );
  }

  async #read(name: "parameters" | "gradients"): Promise<Float32Array> {
    const { context, persistent, parameters } = this.#engine;
    return new Float32Array(await readBuffer(context, persistent.ensure(name, 0), parameters.length * 4));
  }

  #call<Result>(work: () => Promise<Result> | Result): Promise<Result> {
    return this.#queue.run(() => {
      this.#requireModel();
      this.#engine.context.throwFailure();
      return work();
    });
  }

  #requireModel(): void {
    if (this.#disposed) throw new DisposedError("webgpu: the model");
  }
}
