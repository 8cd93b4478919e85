import { type Architecture, type Optimizer, summarize } from "@nin/spec";
import type { Dialect } from "../graph/graph-builder.js";
import type { DeviceId, EngineOptions } from "./protocol.js";

/** What programs and their runs are adapted to. Measurements: docs/decisions. */
export interface DeviceTraits {
  /** What its execution provider has kernels for, and how it is fully occupied. */
  readonly dialect: Dialect;
  /** Limits of a micro-batch: the bytes of all its layers' outputs, and the number of images. */
  readonly microBatch: { readonly activationBytes: number; readonly maxImages: number };
  /** How training steps are run. */
  readonly run: (optimizer: Optimizer, step: StepWork) => StepRun;
  /** Threads that sample dropout masks during a run; none where the run itself uses the processor. */
  readonly maskThreads: number;
}

/** How training steps are run: the runtime copies its results once a run. */
export interface StepRun {
  /** Training steps in one run, which the program updates the parameters in. Results are parameters and optimizer state. */
  readonly stepsPerRun: number;
  /** Whether parameters are updated in memory of the host instead, where there is some for it. Results are gradients. */
  readonly updatesOnHost: boolean;
}

/** What a training step of the largest batch computes. */
export interface StepWork {
  readonly parameters: number;
  /** Multiply-accumulates of its forward and backward pass. */
  readonly macs: number;
}

/** A training step of a network on a batch of so many images. */
export function stepWork(architecture: Architecture, batch: number): StepWork {
  const { parameters, trainingMacs } = summarize(architecture);
  return { parameters, macs: batch * trainingMacs };
}

/** A micro-batch that fits in the processor's caches. */
const IN_CACHE = { activationBytes: 102e6, maxImages: 64 };

/** Results of fewer parameters are copied within the processor's caches. */
const MANY_PARAMETERS = 8e6;
/**
 * With fewer operations for each parameter, copying a step's results takes a seventh or more of the time of computing
 * them. With more, the memory for several steps in a run, up to twice as much, would bring little.
 */
const FEW_MACS_A_PARAMETER = 4000;

/** AdamW's update is a dozen nodes, SGD's two or four: those take no longer than copying gradients. */
function runOnProcessor({ kind }: Optimizer, { parameters, macs }: StepWork): StepRun {
  const copiesLong = parameters > MANY_PARAMETERS && macs < FEW_MACS_A_PARAMETER * parameters;
  return { updatesOnHost: kind === "adamw", stepsPerRun: copiesLong ? 8 : 1 };
}

/** The program updates the parameters. */
function inProgram(stepsPerRun: number): DeviceTraits["run"] {
  return () => ({ updatesOnHost: false, stepsPerRun });
}

/** Two halves, which two threads compute. */
const HALVES = { minTerms: 4000, maxTerms: 2000, maxParts: 2 };

export const DEVICE_TRAITS: Readonly<Record<DeviceId, DeviceTraits>> = {
  cpu: {
    dialect: { fusedMatMul: true, longSums: HALVES, wideColumns: 16 },
    microBatch: IN_CACHE,
    run: runOnProcessor,
    maskThreads: 0,
  },
  webgpu: {
    dialect: { fusedMatMul: false, reluDropsNan: true, longSums: HALVES },
    microBatch: IN_CACHE,
    run: inProgram(1),
    maskThreads: 0,
  },
  cuda: {
    dialect: { fusedMatMul: true, longSums: { minTerms: 4096, maxTerms: 2048, maxParts: 512 } },
    microBatch: { activationBytes: 1.7e9, maxImages: 256 },
    run: inProgram(16),
    maskThreads: 2,
  },
  wasm: {
    dialect: { fusedMatMul: true, slowActivations: true, longSums: HALVES },
    microBatch: IN_CACHE,
    // Computing takes three to four times as long as on `cpu`, and all memory is within 4 GB: one step in a run.
    run: ({ kind }) => ({ updatesOnHost: kind === "adamw", stepsPerRun: 1 }),
    maskThreads: 0,
  },
};

/** How an engine's graphs are written. */
export function dialectOf({ device, convolution }: Pick<EngineOptions, "device" | "convolution">): Dialect {
  const { dialect } = DEVICE_TRAITS[device];
  return convolution === undefined ? dialect : { ...dialect, convolution };
}
