import { type ImageFormat, optimizerSlots } from "@nin/backend";
import { type Architecture, type Optimizer, summarize } from "@nin/spec";
import { forwardProgram } from "../programs/forward.js";
import { gradientsProgram } from "../programs/gradients.js";
import { stepsProgram, trainProgram } from "../programs/train.js";
import { DEVICE_TRAITS, stepWork } from "../runtime/device-traits.js";
import { dropoutSites, maskShape } from "../runtime/dropout-masks.js";
import { microBatchImages } from "../runtime/micro-batch.js";
import { type ProgramMemory, programMemory } from "./live-memory.js";

/** How a batch is computed, and the memory of the program that does. */
export interface BatchMemory extends ProgramMemory {
  /** The number of images in a micro-batch. */
  readonly microBatchSize: number;
  readonly microBatches: number;
}

/** What is computed on the CPU device. */
export interface BatchOptions {
  readonly architecture: Architecture;
  /** The number of images in the batch, which is the largest that the model is compiled for. */
  readonly batch: number;
  readonly imageFormat: ImageFormat;
}

/** The memory of the program that predicts a batch of images. */
export function inferenceMemory(options: BatchOptions): BatchMemory {
  const { architecture, imageFormat } = options;
  const sizes = sizesOf(options);
  const { microBatchSize } = sizes;
  const { dialect } = DEVICE_TRAITS.cpu;
  const program = forwardProgram(architecture, { dialect, source: imageFormat, microBatchSize });
  return { ...sizes, ...programMemory(program, { microBatches: sizes.microBatches }) };
}

/** The memory of a run of training steps. */
export interface TrainingMemory extends BatchMemory {
  readonly stepsPerRun: number;
  /** Gradients and optimizer state, where the host has memory for them next to the parameters; both are not fed. */
  readonly hostBytes: number;
}

/** The memory of a run of training steps: of its program, and of what is updated in the host's memory. */
export function trainingMemory(options: BatchOptions & { readonly optimizer: Optimizer }): TrainingMemory {
  const { architecture, imageFormat, optimizer, batch } = options;
  const sizes = sizesOf(options);
  const { microBatchSize, microBatches } = sizes;
  const { dialect, run } = DEVICE_TRAITS.cpu;
  const { updatesOnHost, stepsPerRun } = run(optimizer, stepWork(architecture, batch));
  const inputs = {
    dialect,
    source: imageFormat,
    microBatchSize,
    single: microBatches === 1,
    dropoutMasks: new Map(
      dropoutSites(architecture).map((site) => [site.layerIndex, maskShape(site, microBatchSize)]),
    ),
  };
  if (updatesOnHost) {
    const memory = programMemory(gradientsProgram(architecture, inputs), { microBatches }, true);
    const arrays = 1 + optimizerSlots(optimizer).length;
    return {
      ...sizes,
      ...memory,
      stepsPerRun: 1,
      hostBytes: arrays * summarize(architecture).parameterBytes,
    };
  }
  const write = stepsPerRun === 1 ? trainProgram : stepsProgram;
  const memory = programMemory(write(architecture, { ...inputs, optimizer }), {
    microBatches,
    steps: stepsPerRun,
  });
  return { ...sizes, ...memory, stepsPerRun, hostBytes: 0 };
}

function sizesOf({ architecture, batch }: BatchOptions) {
  const microBatchSize = microBatchImages(architecture, batch, DEVICE_TRAITS.cpu.microBatch);
  return { microBatchSize, microBatches: Math.ceil(batch / microBatchSize) };
}
