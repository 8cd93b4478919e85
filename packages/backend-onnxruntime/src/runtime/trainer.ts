import { type Labels, optimizerSlots } from "@nin/backend";
import { classCount, elementCount } from "@nin/spec";
import { Tensor as OrtTensor } from "onnxruntime-node";
import type { ImageSource } from "../programs/network.js";
import { trainProgram, updateScalars } from "../programs/train.js";
import { gatherImages, weightedTargets } from "./batch-feeds.js";
import { type DropoutSite, dropoutSites, maskShape, stepMask } from "./dropout-masks.js";
import { batchFeeds, imageShape } from "./inference.js";
import { fromGraphLayout, toGraphLayout } from "./parameter-layout.js";
import { type CompiledProgram, type Feeds, floats, type ProgramRunner } from "./program-runner.js";
import type { CheckedBatch, EngineOptions, NamedTensors, TrainingSetup } from "./protocol.js";
import { DIALECTS } from "./session-factory.js";

/** A training session inside the worker: the optimizer's state, and the steps' losses. */
export class Trainer {
  readonly #sites: readonly DropoutSite[];
  readonly #classes: number;
  readonly #slots: readonly string[];
  #state: Feeds;
  /** Whether there is a state to show: SGD's comes into being with the first step. */
  #hasState: boolean;
  #step: number;
  #losses: number[] = [];

  constructor(
    private readonly options: EngineOptions,
    private readonly runner: ProgramRunner,
    /** Images in a micro-batch of a batch that is large enough. */
    private readonly microBatch: number,
    private readonly setup: TrainingSetup,
    /** The model's parameters, which the trainer replaces step by step. */
    private readonly parameters: Feeds,
  ) {
    this.#sites = dropoutSites(options.architecture);
    this.#classes = classCount(options.architecture);
    this.#slots = optimizerSlots(setup.optimizer);
    this.#step = setup.firstStep;
    this.#state = this.#zeroState();
    this.#hasState = setup.optimizer.kind === "adamw";
  }

  get step(): number {
    return this.#step;
  }

  /** The optimizer's state as users see it. */
  optimizerState(): NamedTensors {
    if (!this.#hasState) return [];
    return Object.entries(this.#state).map(([name, tensor]) => [
      name,
      fromGraphLayout({ shape: tensor.dims, data: tensor.data as Float32Array }),
    ]);
  }

  writeState(step: number, optimizer: NamedTensors): void {
    this.#state = this.#zeroState();
    for (const [name, tensor] of optimizer) {
      const { shape, data } = toGraphLayout(tensor);
      this.#state[name] = new OrtTensor("float32", data, [...shape]);
    }
    this.#hasState = this.setup.optimizer.kind === "adamw" || optimizer.length > 0;
    this.#step = step;
  }

  takeLosses(): readonly number[] {
    const losses = this.#losses;
    this.#losses = [];
    return losses;
  }

  /** One optimizer step. */
  async train(batch: CheckedBatch, labels: Labels | undefined, learningRate: number): Promise<void> {
    const contents = this.#contents(batch, labels);
    const source = this.#source(batch);
    // By the batch alone: a run that is resumed in an epoch's last, partial batch computes the same.
    const images = Math.min(batch.count, this.microBatch);
    const microBatches = Math.ceil(batch.count / images);
    const compiled = await this.#compiled(source, images, microBatches === 1);
    const targets = weightedTargets(contents.labels, batch.count, this.#classes, images);
    const results = await compiled.run({
      ...this.parameters,
      ...this.#state,
      ...this.#scalars(learningRate),
      ...this.#masks(batch.count, images),
      ...batchFeeds(contents, imageShape(this.options.architecture, source), images),
      targets: new OrtTensor("float32", targets, [microBatches, images, this.#classes]),
    });
    this.#losses.push(floats(results, "loss").data[0] ?? Number.NaN);
    for (const name of compiled.program.parameters.keys())
      this.parameters[name] = floats(results, `next.${name}`);
    for (const name of Object.keys(this.#state)) this.#state[name] = floats(results, `next.${name}`);
    this.#hasState = true;
    this.#step += 1;
  }

  #compiled(source: ImageSource, images: number, single: boolean): Promise<CompiledProgram> {
    const { architecture, device } = this.options;
    const key = trainingKey(source, images, single);
    return this.runner.compiled(key, () =>
      trainProgram(architecture, {
        dialect: DIALECTS[device],
        source,
        images,
        single,
        optimizer: this.setup.optimizer,
        dropoutMasks: new Map(this.#sites.map((site) => [site.position, maskShape(site, images)])),
      }),
    );
  }

  #scalars(learningRate: number): Feeds {
    const scalars = updateScalars(this.setup.optimizer, learningRate, this.#step);
    return Object.fromEntries(
      Object.entries(scalars).map(([name, value]) => [
        name,
        new OrtTensor("float32", Float32Array.of(value), []),
      ]),
    );
  }

  #masks(count: number, images: number): Feeds {
    const microBatches = Math.ceil(count / images);
    return Object.fromEntries(
      this.#sites.map((site) => [
        `mask.${site.position}`,
        new OrtTensor("uint8", stepMask(site, this.setup.seed, this.#step, count, images), [
          microBatches,
          ...maskShape(site, images),
        ]),
      ]),
    );
  }

  #contents(batch: CheckedBatch, labels: Labels | undefined) {
    if (batch.kind !== "indices") {
      if (labels === undefined) throw new Error("a training batch without labels");
      return { count: batch.count, images: batch.images, labels };
    }
    const { dataset, architecture } = { ...this.setup, ...this.options };
    if (dataset === undefined) throw new Error("the session was opened without a data set");
    const imageBytes = elementCount(imageShape(architecture, this.#source(batch)));
    return {
      count: batch.count,
      images: gatherImages(dataset.images, imageBytes, batch.indices),
      labels: Uint8Array.from(batch.indices, (index) => dataset.labels[index] ?? 0),
    };
  }

  #source(batch: CheckedBatch): ImageSource {
    if (batch.kind === "input") return "input";
    if (this.options.images === undefined) throw new Error("the model was compiled without images");
    return this.options.images;
  }

  #zeroState(): Feeds {
    return Object.fromEntries(
      this.#slots.flatMap((slot) =>
        Object.entries(this.parameters).map(([name, { dims, size }]) => [
          `${slot}.${name}`,
          new OrtTensor("float32", new Float32Array(size), [...dims]),
        ]),
      ),
    );
  }
}

/** A training program's name among the compiled ones. */
export function trainingKey(source: ImageSource, images: number, single: boolean): string {
  return `train ${source === "input" ? "input" : "images"} ${images} ${single ? "single" : "looped"}`;
}
