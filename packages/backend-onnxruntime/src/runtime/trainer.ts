import { gatherBatch, type Labels, optimizerSlots, type SessionSetup, type StepPlace } from "@nin/backend";
import { at, classCount, present } from "@nin/spec";
import { fromGraphLayout, toGraphLayout } from "../layouts/parameter-layout.js";
import { gradientsProgram } from "../programs/gradients.js";
import type { ImageSource } from "../programs/network.js";
import { updateScalars } from "../programs/optimizers.js";
import type { Program } from "../programs/program.js";
import { stepsProgram, trainProgram } from "../programs/train.js";
import type { OptimizerMemory } from "../update/optimizer-memory.js";
import { weightedTargets } from "./batch-feeds.js";
import { dialectOf } from "./device-traits.js";
import { type DropoutSite, dropoutSites, maskShape } from "./dropout-masks.js";
import type { MemoryFor } from "./engine-platform.js";
import { byteTensor, type Feeds, type FloatTensor, floats, floatTensor, stackFeeds } from "./feeds.js";
import { batchFeeds, imageShape } from "./inference.js";
import { type MaskedStep, MaskSource, type MaskThread } from "./mask-source.js";
import type { CompiledProgram, ProgramRunner } from "./program-runner.js";
import type { CheckedBatch, EngineOptions, NamedTensors } from "./protocol.js";

interface PendingStep {
  readonly batch: CheckedBatch;
  readonly labels: Labels | undefined;
  readonly learningRate: number;
  readonly epoch: number;
}

/** How a session runs its steps. By default each step is a run, and the program updates the parameters. */
export interface TrainerRun {
  /** Steps in a run that updates the parameters in its program. */
  readonly stepsPerRun?: number;
  /** Makes memory where parameters are updated, if there can be some; each step is a run then. */
  readonly memoryFor?: MemoryFor | undefined;
  /** Threads that sample dropout masks. */
  readonly maskThreads?: readonly MaskThread[];
}

/** A training session of an engine: the optimizer's state, and the losses of the steps. */
export class Trainer {
  readonly #sites: readonly DropoutSite[];
  readonly #classes: number;
  readonly #slots: readonly string[];
  readonly #stepsPerRun: number;
  readonly #maskThreads: readonly MaskThread[];
  /** Where parameters are updated; the program updates them where there is none. */
  readonly #memory: OptimizerMemory | undefined;
  #state: Record<string, FloatTensor>;
  /** Whether the optimizer has a state: that of SGD does not exist before the first step. */
  #hasState: boolean;
  readonly #masks: MaskSource;
  /** Steps that wait to be computed in one run: all on the data set, with batches of one size. */
  #pending: PendingStep[] = [];
  /** The number of the first waiting step, or else of the next one, as far as it is known. */
  #step = 0;
  #losses: number[] = [];

  constructor(
    private readonly options: EngineOptions,
    private readonly runner: ProgramRunner,
    /** The number of images in a micro-batch of a batch that is large enough. */
    private readonly microBatch: number,
    private readonly setup: SessionSetup,
    /** The model's parameters, which each step replaces. */
    private readonly parameters: Record<string, FloatTensor>,
    { stepsPerRun = 1, memoryFor, maskThreads = [] }: TrainerRun = {},
  ) {
    this.#maskThreads = maskThreads;
    this.#sites = dropoutSites(options.architecture);
    this.#masks = new MaskSource(this.#sites, setup.seed, maskThreads);
    const sizes = new Map(Object.entries(parameters).map(([name, { data }]) => [name, data.length]));
    this.#memory = memoryFor?.(setup.optimizer, sizes);
    this.#stepsPerRun = this.#memory === undefined ? stepsPerRun : 1;
    this.#classes = classCount(options.architecture);
    this.#slots = optimizerSlots(setup.optimizer);
    this.#state = this.#zeroState();
    this.#hasState = setup.optimizer.kind === "adamw";
  }

  /** The optimizer's state as users see it. */
  optimizerState(): NamedTensors {
    if (!this.#hasState) return [];
    return Object.entries(this.#state).map(([name, tensor]) => [
      name,
      fromGraphLayout({ shape: tensor.dims, data: tensor.data }),
    ]);
  }

  writeState(optimizer: NamedTensors): void {
    this.#state = this.#zeroState();
    for (const [name, tensor] of optimizer) {
      const { shape, data } = toGraphLayout(tensor);
      if (this.#memory === undefined) this.#state[name] = floatTensor(data, shape);
      else present(this.#state[name], `the state ${name}`).data.set(data);
    }
    this.#hasState = this.setup.optimizer.kind === "adamw" || optimizer.length > 0;
  }

  takeLosses(): readonly number[] {
    const losses = this.#losses;
    this.#losses = [];
    return losses;
  }

  /** One optimizer step: computed now, or deferred to be computed with later ones, by `settle` at the latest. */
  async train(
    batch: CheckedBatch,
    labels: Labels | undefined,
    { step, learningRate, epoch }: StepPlace,
  ): Promise<void> {
    if (!this.#joins(batch)) await this.settle();
    if (this.#pending.length === 0) this.#step = step;
    this.#pending.push({ batch, labels, learningRate, epoch });
    // The memory of images is returned to the caller with the answer; that of a data set stays.
    const isKept = batch.kind === "indices";
    if (!isKept || this.#pending.length >= this.#stepsPerRun) await this.settle();
  }

  /** Computes the steps that were deferred. */
  async settle(): Promise<void> {
    const steps = this.#pending;
    const [first] = steps;
    if (first === undefined) return;
    this.#pending = [];
    const { count } = first.batch;
    const compiled = await this.#compiled(this.#source(first.batch), count);
    const stepFeeds = await Promise.all(steps.map((step, index) => this.#feeds(step, index)));
    // The next run is most likely to be like this one.
    this.#masks.sampleAhead(
      Array.from({ length: this.#stepsPerRun }, (_, index) => this.#masked(steps.length + index, count)),
    );
    const feeds = this.#stepsPerRun === 1 ? at(stepFeeds, 0) : stackFeeds(stepFeeds);
    const losses =
      this.#memory === undefined
        ? await this.#stepInProgram(compiled, feeds)
        : await this.#stepInMemory(this.#memory, compiled, feeds, first.learningRate);
    for (const loss of losses) this.#losses.push(loss);
    this.#hasState = true;
    this.#step += steps.length;
  }

  /** Ends the session. The parameters are the caller's again. */
  async dispose(): Promise<void> {
    if (this.#memory !== undefined) {
      for (const [name, { dims, data }] of Object.entries(this.parameters))
        this.parameters[name] = floatTensor(data.slice(), dims);
    }
    await Promise.all(this.#maskThreads.map((thread) => thread.terminate()));
  }

  /** Steps whose updates are nodes of the program. */
  async #stepInProgram(compiled: CompiledProgram, feeds: Feeds): Promise<Float32Array> {
    const results = await compiled.run({ ...this.parameters, ...this.#state, ...feeds });
    for (const name of compiled.program.parameters.keys())
      this.parameters[name] = floats(results, `next.${name}`);
    for (const name of Object.keys(this.#state)) this.#state[name] = floats(results, `next.${name}`);
    return floats(results, "loss").data;
  }

  /** A step whose program gives gradients. The runtime writes them where the update reads them, if it can. */
  async #stepInMemory(
    memory: OptimizerMemory,
    compiled: CompiledProgram,
    feeds: Feeds,
    learningRate: number,
  ): Promise<Float32Array> {
    const gradients: Record<string, FloatTensor> = {};
    for (const [name, { weight, gradient }] of memory.entries) {
      const { dims, data } = present(this.parameters[name], `the parameter ${name}`);
      gradients[`gradient.${name}`] = floatTensor(gradient, dims);
      // Where someone wrote parameters, at the beginning for instance.
      if (data !== weight) {
        weight.set(data);
        this.parameters[name] = floatTensor(weight, dims);
      }
    }
    const results = await compiled.run({ ...this.parameters, ...feeds }, gradients);
    for (const [name, { gradient }] of memory.entries) {
      const { data } = floats(results, `gradient.${name}`);
      if (data !== gradient) gradient.set(data);
    }
    memory.update(learningRate, this.#step);
    return floats(results, "loss").data;
  }

  /** Whether a batch can join the waiting run. */
  #joins({ kind, count }: CheckedBatch): boolean {
    return this.#pending.every(({ batch }) => kind === "indices" && batch.count === count);
  }

  /** The inputs of a step of the run, except parameters and state. */
  async #feeds(step: PendingStep, index: number): Promise<Feeds> {
    const { batch, learningRate } = step;
    const contents = this.#contents(step);
    const images = this.#images(batch.count);
    const microBatches = Math.ceil(batch.count / images);
    const targets = weightedTargets(contents.labels, batch.count, this.#classes, images);
    const masks = await this.#masks.take(this.#masked(index, batch.count));
    return {
      ...(this.#memory === undefined && this.#scalars(learningRate, this.#step + index)),
      ...Object.fromEntries(
        this.#sites.map((site, position) => [
          `mask.${site.layerIndex}`,
          byteTensor(at(masks, position), [microBatches, ...maskShape(site, images)]),
        ]),
      ),
      ...batchFeeds(contents, imageShape(this.options.architecture, this.#source(batch)), images),
      targets: floatTensor(targets, [microBatches, images, this.#classes]),
    };
  }

  /** The number of images in a micro-batch. It depends on the batch alone, so that a run resumed at the partial last batch of an epoch computes the same. */
  #images(count: number): number {
    return Math.min(count, this.microBatch);
  }

  #masked(index: number, count: number): MaskedStep {
    return { step: this.#step + index, count, images: this.#images(count) };
  }

  #compiled(source: ImageSource, count: number): Promise<CompiledProgram> {
    const { architecture } = this.options;
    const images = this.#images(count);
    const single = images === count;
    const inputs = {
      dialect: dialectOf(this.options),
      source,
      microBatchSize: images,
      single,
      dropoutMasks: new Map(this.#sites.map((site) => [site.layerIndex, maskShape(site, images)])),
    };
    const write = (): Program => {
      if (this.#memory !== undefined) return gradientsProgram(architecture, inputs);
      const options = { ...inputs, optimizer: this.setup.optimizer };
      return this.#stepsPerRun === 1
        ? trainProgram(architecture, options)
        : stepsProgram(architecture, options);
    };
    return this.runner.compiled(trainingKey(source, images, single), write);
  }

  #scalars(learningRate: number, step: number): Feeds {
    const scalars = updateScalars(this.setup.optimizer, learningRate, step);
    return Object.fromEntries(
      Object.entries(scalars).map(([name, value]) => [name, floatTensor(Float32Array.of(value), [])]),
    );
  }

  #contents({ batch, labels, epoch }: PendingStep) {
    const { count } = batch;
    if (batch.kind !== "indices") {
      return { count, images: batch.images, labels: present(labels, "the labels of a training batch") };
    }
    const shape = imageShape(this.options.architecture, this.#source(batch));
    return { count, ...gatherBatch(this.setup, shape, batch.indices, epoch) };
  }

  #source(batch: CheckedBatch): ImageSource {
    if (batch.kind === "input") return "input";
    if (this.options.imageFormat === undefined)
      throw new Error("the model was compiled without an image format");
    return this.options.imageFormat;
  }

  #zeroState(): Record<string, FloatTensor> {
    return Object.fromEntries(
      this.#slots.flatMap((slot) =>
        Object.entries(this.parameters).map(([name, { dims, data }]) => {
          const memory = this.#memory?.entries.get(name)?.state.get(slot);
          return [`${slot}.${name}`, floatTensor(memory?.fill(0) ?? new Float32Array(data.length), dims)];
        }),
      ),
    );
  }
}

/** The key of a training program among the compiled ones. */
export function trainingKey(source: ImageSource, images: number, single: boolean): string {
  return `train ${source === "input" ? "input" : "images"} ${images} ${single ? "single" : "looped"}`;
}
