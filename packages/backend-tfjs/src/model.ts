import {
  type Batch,
  type BatchLimits,
  batchLimits,
  CallQueue,
  checkBatch,
  checkLabels,
  checkParameters,
  DisposedError,
  type ImageFormat,
  type LabelledBatch,
  type LossAndGradients,
  type Model,
  NinError,
  type RealizedLayer,
  RuntimeError,
  SessionError,
  type TrainingSession,
  type TrainOptions,
} from "@nin/backend";
import type { Architecture, Parameters, Tensor } from "@nin/spec";
import { BACKEND_ID } from "./backend-id.js";
import { realizedLayers } from "./realized-layers.js";
import { imagesOfBatch } from "./runtime/batch-images.js";
import { Engine } from "./runtime/engine.js";
import type { Runtime } from "./runtime/runtime.js";
import { readTensors } from "./runtime/tensor-store.js";
import { TensorFlowTrainingSession } from "./training-session.js";

/** How a model is realized. */
export interface ModelOptions {
  readonly maxBatch: number;
  readonly imageFormat?: ImageFormat;
}

/** Realizes an architecture on a device, its parameters zero. Throws: `RuntimeError`. */
export function createTensorFlowModel(
  runtime: Runtime,
  architecture: Architecture,
  options: ModelOptions,
): Model {
  try {
    return new TensorFlowModel(
      new Engine(runtime, architecture, options.maxBatch, options.imageFormat),
      architecture,
      options,
    );
  } catch (error) {
    throw asNinError("compiling", error);
  }
}

class TensorFlowModel implements Model {
  readonly layers: readonly RealizedLayer[];
  readonly #engine: Engine;
  readonly #limits: BatchLimits;
  readonly #queue = new CallQueue();
  #session: TensorFlowTrainingSession | undefined;
  #disposed = false;

  constructor(engine: Engine, architecture: Architecture, options: ModelOptions) {
    this.#engine = engine;
    this.layers = realizedLayers(architecture, engine.network);
    this.#limits = batchLimits(architecture, options, engine.classes);
  }

  realization(): Readonly<Record<string, string>> {
    return this.#engine.runtime.realization;
  }

  readParameters(): Promise<Parameters> {
    return this.#call("reading parameters", () => this.#engine.network.parameters.read());
  }

  writeParameters(parameters: Parameters): Promise<void> {
    return this.#call("writing parameters", () => {
      const own = this.#engine.network.parameters;
      checkParameters(parameters, own.shapes);
      own.write(parameters);
    });
  }

  predict(batch: Batch): Promise<Tensor> {
    return this.#call("predicting", () => {
      const count = checkBatch(batch, this.#limits);
      return this.#engine.predict(imagesOfBatch(batch, count, this.#engine.source), count);
    });
  }

  activations(batch: Batch): Promise<ReadonlyMap<string, Tensor>> {
    return this.#call("computing activations", () => {
      const count = checkBatch(batch, this.#limits);
      return this.#engine.activations(imagesOfBatch(batch, count, this.#engine.source), count);
    });
  }

  gradients(batch: LabelledBatch): Promise<LossAndGradients> {
    return this.#call("computing gradients", async () => {
      const count = checkBatch(batch, this.#limits);
      checkLabels(batch.labels, count, this.#limits.classes);
      const { runtime, source } = this.#engine;
      const images = imagesOfBatch(batch, count, source);
      const { loss, gradients } = await this.#engine.gradients({ images, labels: batch.labels, count });
      try {
        const [mean = Number.NaN] = await loss.data();
        return { loss: mean, gradients: await readTensors(runtime, gradients) };
      } finally {
        runtime.tf.dispose([loss, ...gradients.values()]);
      }
    });
  }

  train(options: TrainOptions): Promise<TrainingSession> {
    return this.#call("starting to train", () => {
      if (this.#session?.open === true) throw new SessionError(BACKEND_ID);
      this.#session = new TensorFlowTrainingSession(options, {
        engine: this.#engine,
        limits: this.#limits,
        enqueue: (doing, work) => this.#enqueue(doing, work),
        requireModel: () => this.#requireModel(),
      });
      return this.#session;
    });
  }

  dispose(): Promise<void> {
    return this.#queue.run(() => {
      if (this.#disposed) return;
      this.#disposed = true;
      this.#session?.release();
      this.#engine.dispose();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #call<Result>(doing: string, work: () => Promise<Result> | Result): Promise<Result> {
    return this.#enqueue(doing, () => {
      this.#requireModel();
      return work();
    });
  }

  #enqueue<Result>(doing: string, work: () => Promise<Result> | Result): Promise<Result> {
    return this.#queue.run(async () => {
      try {
        return await work();
      } catch (error) {
        throw asNinError(doing, error);
      }
    });
  }

  #requireModel(): void {
    if (this.#disposed) throw new DisposedError("tfjs: the model");
  }
}

/** What TensorFlow threw, said as the backend's own error. A refusal is one already, a wrong seed a `RangeError`. */
function asNinError(doing: string, error: unknown): unknown {
  if (error instanceof NinError || error instanceof RangeError) return error;
  return new RuntimeError(BACKEND_ID, doing, error);
}
