import type { ImageFormat } from "@nin/backend";
import type { Architecture, Optimizer } from "@nin/spec";
import { forwardProgram } from "../programs/forward.js";
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

/** The memory of a program that trains, and how many steps it does in a run. */
export interface TrainingMemory extends BatchMemory {
  readonly stepsPerRun: number;
}

/** The memory of the program that trains, which does several steps in a run where a network has many parameters. */
export function trainingMemory(options: BatchOptions & { readonly optimizer: Optimizer }): TrainingMemory {
  const { architecture, imageFormat, optimizer } = options;
  const sizes = sizesOf(options);
  const { microBatchSize, microBatches } = sizes;
  const stepsPerRun = DEVICE_TRAITS.cpu.stepsPerRun(stepWork(architecture, options.batch));
  const write = stepsPerRun === 1 ? trainProgram : stepsProgram;
  const program = write(architecture, {
    dialect: DEVICE_TRAITS.cpu.dialect,
    source: imageFormat,
    microBatchSize,
    single: microBatches === 1,
    optimizer,
    dropoutMasks: new Map(
      dropoutSites(architecture).map((site) => [site.layerIndex, maskShape(site, microBatchSize)]),
    ),
  });
  return { ...sizes, stepsPerRun, ...programMemory(program, { microBatches, steps: stepsPerRun }) };
}

function sizesOf({ architecture, batch }: BatchOptions) {
  const microBatchSize = microBatchImages(architecture, batch, DEVICE_TRAITS.cpu.microBatch);
  return { microBatchSize, microBatches: Math.ceil(batch / microBatchSize) };
}
