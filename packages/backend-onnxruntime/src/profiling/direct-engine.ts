import type { Dataset, ImageFormat, Labels } from "@nin/backend";
import type { Architecture, Optimizer, Tensor } from "@nin/spec";
import * as ort from "onnxruntime-node";
import { toGraphLayout } from "../layouts/parameter-layout.js";
import { NodeMaskThread } from "../node/mask-thread.js";
import { nodePlatform } from "../node/node-platform.js";
import { RuntimeCalls } from "../node/runtime-calls.js";
import { DEVICE_TRAITS, type DeviceTraits, stepWork } from "../runtime/device-traits.js";
import type { EnginePlatform } from "../runtime/engine-platform.js";
import { type FloatTensor, floatTensor } from "../runtime/feeds.js";
import { Inference } from "../runtime/inference.js";
import { microBatchImages } from "../runtime/micro-batch.js";
import { ProgramRunner } from "../runtime/program-runner.js";
import type { CheckedBatch, DeviceId, WholeBatch } from "../runtime/protocol.js";
import { Trainer } from "../runtime/trainer.js";
import { OptimizerMemory } from "../update/optimizer-memory.js";

/** Where programs run. */
export interface DirectSettings {
  readonly device: DeviceId;
  readonly threads: number;
  /** Writes ONNX Runtime's profiles, one a program, to files that start so. */
  readonly profilePrefix?: string;
}

/** A network, and how its batches are computed. */
export interface DirectOptions {
  readonly architecture: Architecture;
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly maxBatch: number;
  /** The number of images in a micro-batch; by default what the backend would choose. */
  readonly microBatch?: number;
  /** What `images` and `indices` batches hold. */
  readonly imageFormat?: ImageFormat;
}

/** How the steps of a training are run; by default one at a time, its masks sampled in this thread. */
export interface DirectTrainingOptions {
  readonly dataset?: Dataset;
  /** The number of steps in a run of the program that updates the parameters. */
  readonly stepsPerRun?: number;
  /** Whether parameters are updated in memory of the host; by default where the backend does so. */
  readonly updatesOnHost?: boolean;
  /** The number of threads that sample dropout masks ahead. */
  readonly maskThreads?: number;
}

/** A training in this thread, which counts its own steps. */
export interface DirectTrainer {
  /** Does a step, or puts it off until a run is full. */
  train(batch: CheckedBatch, labels: Labels | undefined, learningRate: number): Promise<void>;
  /** Does the steps that were put off. */
  settle(): Promise<void>;
  /** The losses of the steps since the last call. */
  takeLosses(): readonly number[];
  dispose(): Promise<void>;
}

/** This thread as the place where programs run. */
export function platformOf(device: DeviceId): EnginePlatform {
  return nodePlatform(ort, device, new RuntimeCalls());
}

/** How the backend runs steps on a device, and how many threads sample its masks. */
export function deviceTraits(device: DeviceId): Pick<DeviceTraits, "run" | "maskThreads"> {
  return DEVICE_TRAITS[device];
}

/**
 * The programs of a model in the calling thread, which `run()` blocks, with what the contract does not let one choose:
 * the size of a micro-batch, the steps in a run, profiles. For measurements.
 */
export class DirectEngine {
  readonly #settings: DirectSettings;
  readonly #options: DirectOptions;
  readonly #microBatch: number;
  readonly #runner: ProgramRunner;
  readonly #inference: Inference;
  readonly #feeds: Record<string, FloatTensor>;

  constructor(settings: DirectSettings, options: DirectOptions) {
    const { architecture, maxBatch } = options;
    this.#settings = settings;
    this.#options = options;
    this.#microBatch =
      options.microBatch ??
      microBatchImages(architecture, maxBatch, DEVICE_TRAITS[settings.device].microBatch);
    this.#runner = new ProgramRunner(settings, platformOf(settings.device));
    this.#inference = new Inference(this.#engineOptions(), this.#runner, this.#microBatch);
    this.#feeds = Object.fromEntries(
      [...options.parameters].map(([name, tensor]) => {
        const { shape, data } = toGraphLayout(tensor);
        return [name, floatTensor(data, [...shape])];
      }),
    );
  }

  predict(batch: WholeBatch): Promise<Tensor> {
    return this.#inference.predict(batch, this.#feeds);
  }

  async activations(batch: WholeBatch): Promise<void> {
    await this.#inference.activations(batch, this.#feeds);
  }

  async gradients(batch: WholeBatch, labels: Labels): Promise<void> {
    await this.#inference.gradients(batch, labels, this.#feeds);
  }

  /** A training from the engine's parameters, which it replaces step by step. */
  trainer(optimizer: Optimizer, options: DirectTrainingOptions = {}): DirectTrainer {
    const { dataset, stepsPerRun = 1, maskThreads = 0 } = options;
    const { architecture, maxBatch } = this.#options;
    const usual = DEVICE_TRAITS[this.#settings.device].run(optimizer, stepWork(architecture, maxBatch));
    const { updatesOnHost = usual.updatesOnHost } = options;
    const trainer = new Trainer(
      this.#engineOptions(),
      this.#runner,
      this.#microBatch,
      { optimizer, seed: 0, ...(dataset === undefined ? {} : { dataset }) },
      this.#feeds,
      {
        stepsPerRun,
        memoryFor: updatesOnHost ? OptimizerMemory.create : undefined,
        maskThreads: Array.from({ length: maskThreads }, () => new NodeMaskThread()),
      },
    );
    let step = 0;
    return {
      train: async (batch, labels, learningRate) => {
        await trainer.train(batch, labels, { step, learningRate, epoch: 0 });
        step += 1;
      },
      settle: () => trainer.settle(),
      takeLosses: () => trainer.takeLosses(),
      dispose: () => trainer.dispose(),
    };
  }

  /** Frees the programs; their profiles are written then. */
  async release(): Promise<void> {
    await this.#runner.release();
  }

  #engineOptions() {
    const { architecture, maxBatch, imageFormat } = this.#options;
    const { device, threads } = this.#settings;
    const shared = { architecture, maxBatch, device, threads };
    return imageFormat === undefined ? shared : { ...shared, imageFormat };
  }
}

export type { CheckedBatch, DeviceId, WholeBatch };
