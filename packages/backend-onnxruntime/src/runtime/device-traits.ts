import type { Dialect } from "../graph/graph-builder.js";
import type { DeviceId } from "./protocol.js";

/** What programs, and their runs, are made to suit. Figures: docs/decisions. */
export interface DeviceTraits {
  /** What its execution provider has kernels for, and how it is kept busy. */
  readonly dialect: Dialect;
  /** Of a micro-batch: its activations in bytes, every layer's output once, and its images at most. */
  readonly microBatch: { readonly activationBytes: number; readonly maxImages: number };
  /** Training steps in one run: weights and state cross from host to device and back once in a run. */
  readonly stepsPerRun: number;
  /** Threads that draw dropout masks while a run is under way; none where the run uses the processor itself. */
  readonly maskThreads: number;
}

/** A micro-batch that stays in the processor's caches. */
const IN_CACHE = { activationBytes: 102e6, maxImages: 64 };

/** Two halves of a sum, of products that two threads compute. */
const HALVES = { minTerms: 4000, maxTerms: 2000, maxParts: 2 };

export const DEVICE_TRAITS: Readonly<Record<DeviceId, DeviceTraits>> = {
  cpu: {
    dialect: { fusedMatMul: true, longSums: HALVES },
    microBatch: IN_CACHE,
    stepsPerRun: 1,
    maskThreads: 0,
  },
  webgpu: {
    dialect: { fusedMatMul: false, reluDropsNan: true, longSums: HALVES },
    microBatch: IN_CACHE,
    stepsPerRun: 1,
    maskThreads: 0,
  },
  cuda: {
    dialect: { fusedMatMul: true, longSums: { minTerms: 4096, maxTerms: 2048, maxParts: 512 } },
    microBatch: { activationBytes: 1.7e9, maxImages: 256 },
    stepsPerRun: 16,
    maskThreads: 2,
  },
};
