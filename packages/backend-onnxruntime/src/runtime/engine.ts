import type { Evaluation, Labels } from "@nin/backend";
import { classCount, elementCount, inferLayers, type Tensor } from "@nin/spec";
import { forwardProgram } from "../programs/forward.js";
import { addScores, type EvaluationSums, emptyEvaluation } from "./batch-scores.js";
import { DEVICE_TRAITS } from "./device-traits.js";
import { dropoutSites } from "./dropout-masks.js";
import type { EnginePlatform } from "./engine-platform.js";
import { type FloatTensor, floatTensor } from "./feeds.js";
import { Inference } from "./inference.js";
import { microBatchImages } from "./micro-batch.js";
import { fromGraphLayout, toGraphLayout, userShape } from "./parameter-layout.js";
import { ProgramRunner } from "./program-runner.js";
import type {
  CheckedBatch,
  EngineCalls,
  EngineOptions,
  EngineState,
  NamedTensors,
  RealizedPrimitive,
  TrainingSetup,
  WholeBatch,
} from "./protocol.js";
import { Trainer } from "./trainer.js";

/** A model where the runtime is: its parameters, and the programs that run on them. */
export class Engine implements EngineCalls {
  readonly #runner: ProgramRunner;
  readonly #inference: Inference;
  readonly #microBatch: number;
  readonly #classes: number;
  #parameters: Record<string, FloatTensor> = {};
  #trainer: Trainer | undefined;
  #evaluation: EvaluationSums | undefined;

  constructor(
    private readonly options: EngineOptions,
    private readonly platform: EnginePlatform,
  ) {
    this.#runner = new ProgramRunner(options, platform);
    this.#microBatch = microBatchImages(
      options.architecture,
      options.maxBatch,
      DEVICE_TRAITS[options.device].microBatch,
    );
    this.#inference = new Inference(options, this.#runner, this.#microBatch);
    this.#classes = classCount(options.architecture);
  }

  /** Runs every layer once on one image: shapes are those of the tensors that come back. */
  async realize(): Promise<readonly RealizedPrimitive[]> {
    const { architecture, device } = this.options;
    const { parameters } = forwardProgram(architecture, {
      dialect: DEVICE_TRAITS[device].dialect,
      source: "input",
      images: 1,
    });
    for (const [name, { shape }] of parameters) {
      const dims = shape.map(Number);
      this.#parameters[name] = floatTensor(new Float32Array(elementCount(dims)), dims);
    }
    const { channels, height, width } = architecture.input;
    const images = new Float32Array(channels * height * width);
    const outputs = await this.#inference.activations({ kind: "input", count: 1, images }, this.#parameters);
    await this.#runner.release();
    return outputs.map(([name, { shape }]) => ({
      name,
      outputShape: shape,
      parameters: Object.entries(this.#parameters)
        .filter(([parameter]) => parameter.replace(/\.(weight|bias)$/, "") === name)
        .map(([parameter, tensor]) => [parameter, userShape(tensor.dims)] as const),
    }));
  }

  async readParameters(): Promise<NamedTensors> {
    return Object.entries(await this.#settled()).map(([name, { dims, data }]) => [
      name,
      fromGraphLayout({ shape: dims, data }),
    ]);
  }

  async writeParameters(parameters: NamedTensors): Promise<void> {
    const replaced = await this.#settled();
    for (const [name, tensor] of parameters) {
      const { shape, data } = toGraphLayout(tensor);
      replaced[name] = floatTensor(data, shape);
    }
  }

  async predict(batch: WholeBatch): Promise<Tensor> {
    return this.#inference.predict(batch, await this.#settled());
  }

  async activations(batch: WholeBatch): Promise<NamedTensors> {
    const lastOfEntry = new Map(
      inferLayers(this.options.architecture).map(({ name, layerIndex, last }) => [
        name,
        last ? `net.${layerIndex}` : undefined,
      ]),
    );
    const outputs = await this.#inference.activations(batch, await this.#settled());
    return outputs.flatMap(([name, tensor]) => {
      const entry = lastOfEntry.get(name);
      return entry === undefined ? [] : [[entry, tensor] as const];
    });
  }

  async gradients(call: { batch: WholeBatch; labels: Labels }) {
    return this.#inference.gradients(call.batch, call.labels, await this.#settled());
  }

  async openSession(setup: TrainingSetup): Promise<void> {
    const { stepsPerRun, maskThreads } = DEVICE_TRAITS[this.options.device];
    const hasDropout = dropoutSites(this.options.architecture).length > 0;
    const { startMaskThread } = this.platform;
    const threads = hasDropout && startMaskThread !== undefined ? maskThreads : 0;
    this.#trainer = new Trainer(
      this.options,
      this.#runner,
      this.#microBatch,
      setup,
      this.#parameters,
      stepsPerRun,
      startMaskThread === undefined ? [] : Array.from({ length: threads }, startMaskThread),
    );
    this.#evaluation = undefined;
  }

  async closeSession(): Promise<void> {
    const trainer = this.#trainer;
    this.#trainer = undefined;
    try {
      await trainer?.settle();
    } finally {
      await trainer?.dispose();
      await this.#runner.release("train");
    }
  }

  step(call: { batch: CheckedBatch; labels?: Labels; learningRate: number }): Promise<void> {
    return this.#training().train(call.batch, call.labels, call.learningRate);
  }

  async evaluate({ batch, labels }: { batch: WholeBatch; labels: Labels }): Promise<void> {
    const { data } = await this.predict(batch);
    this.#evaluation ??= emptyEvaluation(this.#classes);
    addScores(this.#evaluation, Float32Array.from(data), labels, this.#classes);
  }

  async metrics(): Promise<{ losses: readonly number[]; evaluation: Evaluation }> {
    await this.#training().settle();
    const evaluation = this.#evaluation ?? emptyEvaluation(this.#classes);
    this.#evaluation = undefined;
    return { losses: this.#training().takeLosses(), evaluation };
  }

  async readState(): Promise<EngineState> {
    const trainer = this.#training();
    const parameters = await this.readParameters();
    return { step: trainer.step, parameters, optimizer: trainer.optimizerState() };
  }

  async writeState(state: EngineState): Promise<void> {
    await this.writeParameters(state.parameters);
    this.#training().writeState(state.step, state.optimizer);
  }

  release(): Promise<void> {
    return this.#runner.release();
  }

  /** The parameters as after every step that was asked for, those that were put off included. */
  async #settled(): Promise<Record<string, FloatTensor>> {
    await this.#trainer?.settle();
    return this.#parameters;
  }

  #training(): Trainer {
    if (this.#trainer === undefined) throw new Error("no training session is open");
    return this.#trainer;
  }
}
