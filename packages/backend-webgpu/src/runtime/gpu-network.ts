import { type ImageFormat, Memo, type Precision } from "@nin/backend";
import { type Architecture, type Augmentation, present } from "@nin/spec";
import { BUFFER_USAGE, storageBuffer } from "../device/buffers.js";
import type { GpuContext } from "../device/gpu-context.js";
import { STEP_UNIFORMS_STRIDE_BYTES } from "../kernels/step-uniforms.js";
import type { ConvolveOptions } from "../layers/convolve.js";
import {
  defaultKernels,
  type KernelChoice,
  kernelsName,
  type LayerKernels,
} from "../layers/kernel-choice.js";
import { buildNetwork } from "../layers/network.js";
import { unitCount, type Value } from "../layers/value.js";
import type { Command } from "../program/command.js";
import { ParameterLayout } from "../program/parameter-layout.js";
import { PersistentBuffers } from "../program/persistent-buffers.js";
import { linkProgram, type Program } from "../program/program.js";
import { layerKey, tunedKernels } from "../tuning/tuned-kernels.js";
import type { TuningStore } from "../tuning/tuned-layer.js";
import { gradientScale } from "./gradient-scale.js";
import { type ImageInput, type InputSource, inputCommands } from "./input-commands.js";
import { chooseMicroBatch, type StageMemory } from "./micro-batches.js";
import { preprocessingTables } from "./preprocessing.js";
import {
  buildStage,
  largestTensorBytes,
  microBatchBytes,
  type Stage,
  type StageKind,
  tensorBytes,
} from "./stage.js";

export interface GpuNetworkOptions {
  readonly maxBatch: number;
  readonly precision: Precision;
  readonly imageFormat?: ImageFormat;
  /** Instead of the adapter's own; none are searched for then. */
  readonly kernels?: Partial<KernelChoice>;
  /** Where the fastest kernels are remembered; without it none are searched for. */
  readonly tuning?: TuningStore;
}

/** Losses and evaluations that are kept on the device before they are read. */
export const LOSS_SLOTS = 4096;

/** A stage whose buffers and pipelines exist. */
export interface ReadyStage extends Stage {
  readonly tensors: readonly GPUBuffer[];
  /** Run before the first micro-batch, since parameters may have changed. */
  readonly prologueProgram: Program;
  readonly mainProgram: Program;
  /** The program that fills the stage's input. */
  input(source: InputSource): Promise<Program>;
  /** Links the data set's program again before its next use. */
  forgetDataset(): Promise<void>;
  dispose(): Promise<void>;
}

/** A network on a device: its buffers, and its programs, made when they are first needed. */
export class GpuNetwork {
  readonly context: GpuContext;
  readonly parameters = new ParameterLayout();
  readonly persistent: PersistentBuffers;
  readonly stepUniforms: GPUBuffer;
  /** Images of a micro-batch. */
  readonly microBatchSize: number;
  readonly classes: number;
  /** The largest number of images in a batch. */
  readonly maxBatch: number;
  readonly #architecture: Architecture;
  readonly #options: GpuNetworkOptions;
  readonly #likelyKernels: LayerKernels;
  readonly #images: ImageInput | undefined;
  readonly #stages = new Memo<StageKind, ReadyStage>();
  readonly #tensors: GPUBuffer[] = [];
  #tunedKernels: ReadonlyMap<string, LayerKernels> = new Map();
  /** Of the images of the data set on the device. */
  #augmentation: Augmentation | undefined;

  /**
   * @throws `UnsupportedError` when the device cannot compute in this precision, or an image's tensors are
   * too large for it.
   */
  constructor(context: GpuContext, architecture: Architecture, options: GpuNetworkOptions) {
    this.context = context;
    this.#architecture = architecture;
    this.#options = options;
    this.#likelyKernels = defaultKernels(context.traits, options.precision, options.kernels);
    this.maxBatch = options.maxBatch;
    const { imageFormat: format } = options;
    this.#images = format && { format, tables: preprocessingTables(format, architecture.input) };
    const memoryOf = (images: number): StageMemory => {
      const stage = this.plan("training", images);
      return { largestBytes: largestTensorBytes(stage), totalBytes: microBatchBytes(stage) };
    };
    this.microBatchSize = chooseMicroBatch(options.maxBatch, context.traits, memoryOf);
    this.classes = unitCount(this.plan("inference", 1).network.scores);
    this.persistent = new PersistentBuffers(context.device);
    const { device } = context;
    const usage = BUFFER_USAGE.uniform | BUFFER_USAGE.copyTarget;
    const size = Math.ceil(options.maxBatch / this.microBatchSize) * STEP_UNIFORMS_STRIDE_BYTES;
    this.stepUniforms = device.createBuffer({ label: "step uniforms", size, usage });
    this.persistent.ensure("parameters", this.parameters.length * 4);
    for (const name of ["labels", "losses", "predictions"] as const) {
      this.persistent.ensure(name, this.microBatchSize * 4);
    }
    this.persistent.ensure("lossSlots", LOSS_SLOTS * 4);
  }

  /** The commands and the memory of a stage; nothing is made on the device. */
  plan(kind: StageKind, images = this.microBatchSize): Stage {
    const network = buildNetwork(this.#architecture, {
      microBatchSize: images,
      kernelsOf: (layer) => this.#tunedKernels.get(layerKey(layer, images)) ?? this.#likelyKernels,
      parameters: this.parameters,
      everyOutput: kind === "outputs",
    });
    return buildStage(kind, network);
  }

  /** Chooses the fastest kernels for the stages that are made from now on: a search of seconds, once for each adapter. */
  async tune(): Promise<void> {
    const { tuning, kernels, precision } = this.#options;
    if (tuning === undefined || kernels !== undefined) return;
    const layers = new Map<string, ConvolveOptions>();
    buildNetwork(this.#architecture, {
      microBatchSize: this.microBatchSize,
      parameters: new ParameterLayout(),
      everyOutput: false,
      kernelsOf: (layer) => {
        layers.set(layerKey(layer, this.microBatchSize), layer);
        return this.#likelyKernels;
      },
    });
    this.#tunedKernels = await this.context.tuningQueue.run(() =>
      tunedKernels(this.context, tuning, {
        precision,
        likely: this.#likelyKernels,
        microBatchSize: this.microBatchSize,
        layers,
      }),
    );
  }

  /** The adapter, and how each convolution of a micro-batch is computed: what the results depend on. */
  realization(): Readonly<Record<string, string>> {
    const kernels: Record<string, string> = {};
    buildNetwork(this.#architecture, {
      microBatchSize: this.microBatchSize,
      parameters: new ParameterLayout(),
      everyOutput: false,
      kernelsOf: (layer) => {
        const key = layerKey(layer, this.microBatchSize);
        const chosen = this.#tunedKernels.get(key) ?? this.#likelyKernels;
        kernels[`kernels of ${key}`] = kernelsName(chosen);
        return chosen;
      },
    });
    return { adapter: this.context.traits.name, microBatch: `${this.microBatchSize}`, ...kernels };
  }

  /** The factor by which a batch's gradients are multiplied on the device. */
  gradientScale(batchSize: number): number {
    return gradientScale(this.#options.precision, batchSize);
  }

  /** Of an image in bytes, whose format the model was compiled with. */
  get imageBytes(): number {
    const { format } = present(this.#images, "the format of a batch of images");
    return format.channels * format.height * format.width;
  }

  get confusionBytes(): number {
    return this.classes * this.classes * Uint32Array.BYTES_PER_ELEMENT;
  }

  /** The last loss slot, which is never read. */
  get scratchLossSlot(): number {
    return LOSS_SLOTS - 1;
  }

  /**
   * A stage ready to run.
   *
   * @throws `RuntimeError`, also when the device has not enough memory.
   */
  stage(kind: StageKind): Promise<ReadyStage> {
    return this.#stages.get(kind, () => this.#makeStage(kind));
  }

  /** Links the programs that read the data set again before their next use: its buffers are others, and how it is augmented. */
  async forgetDatasetPrograms(augmentation: Augmentation | undefined): Promise<void> {
    this.#augmentation = augmentation;
    for (const stage of await this.#stages.results()) await stage.forgetDataset();
  }

  async dispose(): Promise<void> {
    for (const stage of await this.#stages.results()) await stage.dispose();
    for (const tensor of this.#tensors) tensor.destroy();
    this.persistent.dispose();
    this.stepUniforms.destroy();
  }

  #makeStage(kind: StageKind): Promise<ReadyStage> {
    const stage = this.plan(kind);
    const megabytes = Math.ceil(tensorBytes(stage) / 2 ** 20);
    const doing = `making ${kind}'s ${stage.plan.bufferBytes.length} buffers of ${megabytes} MiB in all`;
    return this.context.checked(doing, async () => {
      if (kind === "training") this.persistent.ensure("gradients", this.parameters.length * 4);
      if (kind === "evaluation") this.persistent.ensure("confusion", this.confusionBytes);
      const tensors = this.#takeTensors(stage.plan.bufferBytes);
      const buffers = {
        plan: stage.plan,
        tensors,
        persistent: this.persistent.buffers,
        stepUniforms: this.stepUniforms,
      };
      const link = (commands: readonly Command[]) => linkProgram(this.context, commands, buffers);
      const inputs = new Memo<InputSource, Program>();
      const forget = async (source: InputSource) => (await inputs.take(source))?.dispose();
      const [prologueProgram, mainProgram] = await Promise.all([link(stage.prologue), link(stage.commands)]);
      return {
        ...stage,
        tensors,
        prologueProgram,
        mainProgram,
        input: (source) => inputs.get(source, () => link(this.#inputCommands(source, stage.network.input))),
        forgetDataset: () => forget("dataset"),
        async dispose() {
          prologueProgram.dispose();
          mainProgram.dispose();
          for (const source of inputs.keys()) await forget(source);
        },
      };
    });
  }

  /** Buffers of these sizes: where they fit, those of other stages, which never run at the same time. */
  #takeTensors(sizes: readonly number[]): readonly GPUBuffer[] {
    const free = this.#tensors.toSorted((a, b) => a.size - b.size);
    return sizes.map((bytes) => {
      const fitting = free.findIndex(({ size }) => size >= bytes);
      const [known] = fitting < 0 ? [] : free.splice(fitting, 1);
      if (known !== undefined) return known;
      const made = storageBuffer(this.context.device, `tensor ${this.#tensors.length}`, bytes);
      this.#tensors.push(made);
      return made;
    });
  }

  #inputCommands(source: InputSource, input: Value): readonly Command[] {
    const { persistent, microBatchSize } = this;
    return inputCommands(source, input, {
      persistent,
      microBatchSize,
      images: this.#images,
      augmentation: this.#augmentation,
    });
  }
}
