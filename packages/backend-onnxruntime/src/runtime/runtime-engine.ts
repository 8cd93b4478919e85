import {
  type EngineMetrics,
  type EngineState,
  EvaluationSums,
  type Labels,
  type LossAndGradients,
  type RealizedPrimitive,
  type SessionSetup,
  type StepPlace,
} from "@nin/backend";
import {
  classCount,
  elementCount,
  entry,
  inferLayers,
  type NamedTensors,
  present,
  type Tensor,
} from "@nin/spec";
import { fromGraphLayout, toGraphLayout, userShape } from "../layouts/parameter-layout.js";
import { forwardProgram } from "../programs/forward.js";
import { DEVICE_TRAITS, dialectOf, stepWork } from "./device-traits.js";
import { dropoutSites } from "./dropout-masks.js";
import type { EnginePlatform } from "./engine-platform.js";
import { type FloatTensor, floatTensor } from "./feeds.js";
import { Inference } from "./inference.js";
import { microBatchImages } from "./micro-batch.js";
import { ProgramRunner } from "./program-runner.js";
import type { CheckedBatch, EngineCalls, EngineOptions, LabelledImages, WholeBatch } from "./protocol.js";
import { Trainer } from "./trainer.js";

/** A model where the runtime is: its parameters, and the programs that run on them. */
export class RuntimeEngine implements EngineCalls {
  readonly #runner: ProgramRunner;
  readonly #inference: Inference;
  readonly #microBatch: number;
  readonly #classes: number;
  #evaluation: EvaluationSums | undefined;
  #parameters: Record<string, FloatTensor> = {};
  #trainer: Trainer | undefined;

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
    const { architecture } = this.options;
    const { parameters } = forwardProgram(architecture, {
      dialect: dialectOf(this.options),
      source: "input",
      microBatchSize: 1,
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
      parameters: new Map(
        Object.entries(this.#parameters)
          .filter(([parameter]) => parameter.replace(/\.(weight|bias)$/, "") === name)
          .map(([parameter, tensor]) => [parameter, userShape(tensor.dims)]),
      ),
    }));
  }

  async readParameters(): Promise<NamedTensors> {
    const tensors = Object.entries(await this.#settled()).map(
      ([name, { dims, data }]) => [name, fromGraphLayout({ shape: dims, data })] as const,
    );
    return new Map(tensors);
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
    const outputs = new Map(await this.#inference.activations(batch, await this.#settled()));
    const lastOfEntries = inferLayers(this.options.architecture).filter(({ last }) => last);
    return new Map(lastOfEntries.map(({ name, layerIndex }) => [`net.${layerIndex}`, entry(outputs, name)]));
  }

  async gradients({ batch, labels }: LabelledImages): Promise<LossAndGradients> {
    const { loss, gradients } = await this.#inference.gradients(batch, labels, await this.#settled());
    return { loss, gradients: new Map(gradients) };
  }

  async openSession(setup: SessionSetup): Promise<void> {
    const { run, maskThreads } = DEVICE_TRAITS[this.options.device];
    const { architecture, maxBatch } = this.options;
    const hasDropout = dropoutSites(architecture).length > 0;
    const { startMaskThread, memoryFor } = this.platform;
    const { stepsPerRun, updatesOnHost } = run(setup.optimizer, stepWork(architecture, maxBatch));
    const threads = hasDropout ? maskThreads : 0;
    this.#trainer = new Trainer(this.options, this.#runner, this.#microBatch, setup, this.#parameters, {
      stepsPerRun,
      memoryFor: updatesOnHost ? memoryFor : undefined,
      maskThreads: startMaskThread === undefined ? [] : Array.from({ length: threads }, startMaskThread),
    });
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

  step({ batch, labels, place }: { batch: CheckedBatch; labels?: Labels; place: StepPlace }): Promise<void> {
    return this.#training().train(batch, labels, place);
  }

  async evaluate({ batch, labels }: LabelledImages): Promise<void> {
    const { data } = await this.predict(batch);
    this.#evaluation ??= new EvaluationSums(this.#classes);
    this.#evaluation.addScores(data, labels);
  }

  async metrics(): Promise<EngineMetrics> {
    await this.#training().settle();
    const { sums } = this.#evaluation ?? new EvaluationSums(this.#classes);
    this.#evaluation = undefined;
    return { losses: this.#training().takeLosses(), evaluation: sums };
  }

  async readState(): Promise<EngineState> {
    const parameters = await this.readParameters();
    return { parameters, optimizer: new Map(this.#training().optimizerState()) };
  }

  async writeState({ parameters, optimizer }: EngineState): Promise<void> {
    await this.writeParameters(parameters);
    this.#training().writeState([...optimizer]);
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
    return present(this.#trainer, "the open training session");
  }
}
