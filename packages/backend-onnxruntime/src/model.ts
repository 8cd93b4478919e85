import {
  type Batch,
  type BatchLimits,
  batchLimits,
  checkBatch,
  checkLabels,
  checkParameters,
  DisposedError,
  type Hardware,
  type LabelledBatch,
  type Labels,
  type LossAndGradients,
  type Model,
  type RealizedLayer,
  RuntimeError,
  SessionError,
  type TrainingSession,
  type TrainOptions,
} from "@nin/backend";
import { classCount, type Parameters as ParameterTensors, type Shape, type Tensor } from "@nin/spec";
import { BACKEND_ID } from "./backend-id.js";
import { realizedLayers } from "./realized-layers.js";
import type { EngineClient } from "./runtime/engine-client.js";
import type { EngineCalls, EngineOptions, WholeBatch } from "./runtime/protocol.js";
import { OnnxRuntimeSession } from "./training-session.js";

/** Realizes an architecture by an engine. */
export async function compileModel(
  client: EngineClient,
  options: EngineOptions,
  hardware?: Hardware,
): Promise<Model> {
  try {
    const realized = await client.call("realize");
    return new OnnxRuntimeModel(client, options, realizedLayers(options.architecture, realized), hardware);
  } catch (error) {
    await client.terminate();
    throw new RuntimeError(BACKEND_ID, "compiling", error);
  }
}

/** A model whose graphs run in an engine. */
export class OnnxRuntimeModel implements Model {
  readonly limits: BatchLimits;
  readonly parameterShapes: ReadonlyMap<string, Shape>;
  #session: OnnxRuntimeSession | undefined;
  #disposed = false;

  constructor(
    private readonly client: EngineClient,
    private readonly options: EngineOptions,
    readonly layers: readonly RealizedLayer[],
    private readonly hardware?: Hardware,
  ) {
    this.parameterShapes = new Map(layers.flatMap((layer) => [...layer.parameters]));
    this.limits = batchLimits(options.architecture, options, classCount(options.architecture));
  }

  realization(): Readonly<Record<string, string>> {
    const { device, threads } = this.options;
    return device === "cpu" ? { threads: `${threads}`, processor: this.hardware?.name ?? "unknown" } : {};
  }

  async readParameters(): Promise<ParameterTensors> {
    return new Map(await this.call("reading parameters", "readParameters"));
  }

  async writeParameters(parameters: ParameterTensors): Promise<void> {
    this.requireModel();
    checkParameters(parameters, this.parameterShapes);
    await this.call("writing parameters", "writeParameters", [...parameters]);
  }

  async predict(batch: Batch): Promise<Tensor> {
    return this.call("predicting", "predict", this.checked(batch));
  }

  async activations(batch: Batch): Promise<ReadonlyMap<string, Tensor>> {
    return new Map(await this.call("computing activations", "activations", this.checked(batch)));
  }

  async gradients(batch: LabelledBatch): Promise<LossAndGradients> {
    const { loss, gradients } = await this.call("computing gradients", "gradients", this.labelled(batch));
    return { loss, gradients: new Map(gradients) };
  }

  async train(options: TrainOptions): Promise<TrainingSession> {
    this.requireModel();
    if (this.#session !== undefined) throw new SessionError(BACKEND_ID);
    const session = new OnnxRuntimeSession(this, options, () => {
      if (this.#session === session) this.#session = undefined;
    });
    this.#session = session;
    try {
      await session.open();
    } catch (error) {
      this.#session = undefined;
      throw error;
    }
    return session;
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.client.call("release").catch(() => undefined);
    await this.client.terminate();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** A copy of a batch of images whose shape suits the model. Throws: `DisposedError`, `BatchError`. */
  checked(batch: Batch): WholeBatch {
    this.requireModel();
    const count = checkBatch(batch, this.limits);
    if ("input" in batch) {
      const { data } = batch.input;
      const images = new Float32Array(this.client.imageMemory(4 * data.length));
      images.set(data);
      return { kind: "input", count, images };
    }
    const images = new Uint8Array(this.client.imageMemory(batch.images.length));
    images.set(batch.images);
    return { kind: "images", count, images };
  }

  /** The same with its labels. */
  labelled(batch: LabelledBatch): { readonly batch: WholeBatch; readonly labels: Labels } {
    const checked = this.checked(batch);
    checkLabels(batch.labels, checked.count, this.limits.classes);
    return { batch: checked, labels: Int32Array.from(batch.labels) };
  }

  /** Throws: `DisposedError`. */
  requireModel(): void {
    if (this.#disposed) throw new DisposedError("model");
  }

  /** Calls the engine. Throws: `DisposedError`, `RuntimeError` saying what was being done. */
  async call<Name extends keyof EngineCalls>(
    doing: string,
    name: Name,
    ...argument: Parameters<EngineCalls[Name]>
  ): Promise<Awaited<ReturnType<EngineCalls[Name]>>> {
    this.requireModel();
    try {
      return await this.client.call(name, ...argument);
    } catch (error) {
      throw new RuntimeError(BACKEND_ID, doing, error);
    }
  }
}
