import type { Precision } from "@nin/backend";
import type { Verdict } from "../correctness/judge.js";
import type { Absent } from "../implementations/targets.js";
import type { Mode, TimeToAccuracy } from "../protocol/messages.js";
import type { Environment } from "./environment.js";
import type { Summary } from "./statistics.js";

/**
 * The result of a whole run. Its file has other words for some fields, which do not change: see `result-json.ts`;
 * `docs/benchmark.md` describes every field of the file.
 */
export interface BenchResult {
  readonly format: "nin-bench";
  readonly version: 1;
  readonly startedAt: string;
  readonly durationMs: number;
  /** Whether it was ended by Ctrl-C; it holds what had been measured by then. */
  readonly interrupted: boolean;
  readonly settings: ResultSettings;
  readonly environment: Environment;
  readonly implementations: readonly ImplementationInfo[];
  readonly ceilings: readonly Ceiling[];
  readonly cases: readonly CaseResult[];
  readonly layers: readonly LayerBreakdown[];
  readonly accuracy: readonly AccuracyResult[];
  /** Only where it was asked for. */
  readonly memory?: readonly MemoryResult[];
  /** What was not measured, and why. */
  readonly notMeasured: readonly Absent[];
}

/** What the run was asked for. */
export interface ResultSettings {
  readonly quick: boolean;
  readonly threads: number;
  readonly recipe: string;
  readonly data: string;
  readonly budgetMs: number;
  /** The number of rounds, where one was asked for. */
  readonly rounds?: number;
  /** The other checkout whose builds were measured too. */
  readonly checkout?: string;
}

/** An implementation that took part. */
export interface ImplementationInfo {
  readonly id: string;
  readonly name: string;
  readonly kind: "backend" | "baseline";
  readonly hardware: string;
}

/** What hardware can do at most, as measured by a program of this repository. */
export interface Ceiling {
  readonly hardware: string;
  /** How it was measured. */
  readonly method: string;
  /** Of a float32 matrix product. */
  readonly flopsPerSecond: Summary;
  /** Bytes read and written by an element-wise operation on arrays that do not fit into caches. */
  readonly bytesPerSecond: Summary;
  /** Elements on a side of the matrices. */
  readonly matrixSize: number;
  /** The size of one array. */
  readonly arrayBytes: number;
}

/** What a case is. */
export interface CaseIdentity {
  readonly model: string;
  readonly batch: number;
  readonly precision: Precision;
  readonly mode: Mode;
  /** The size of the images that backends kept as bytes: `28x28`, height first. */
  readonly resident?: string;
}

/** Implementations on the same work, in turn. */
export interface CaseResult extends CaseIdentity {
  /** Of one image, in this mode. */
  readonly flopsPerImage: number;
  /** Of one image at this batch: what a perfect cache would still move. */
  readonly bytesPerImage: number;
  readonly entries: readonly Entry[];
  /**
   * Of every other measured entry to one of them: PyTorch, channels-last, where it was measured, else the first.
   * Then those of each backend to its build in another checkout.
   */
  readonly ratios: readonly Ratio[];
}

/** How many times as fast one implementation is as another. */
export interface Ratio {
  readonly of: string;
  readonly to: string;
  readonly speed: Summary;
}

/**
 * `wrong`: failed a check of correctness or validity; `slow`: a step takes longer than its share of the time;
 * `unsupported`: the implementation itself reports that it does not do this.
 */
export type EntryStatus = "measured" | "wrong" | "slow" | "failed" | "unsupported";

/** One implementation in a case. */
export interface Entry {
  readonly implementation: string;
  readonly status: EntryStatus;
  /** Why it was not measured. */
  readonly reason?: string;
  readonly correctness?: Verdict & { readonly against: string };
  readonly coldStart?: ColdStart;
  /** Only where the status is `measured`. */
  readonly measured?: Measurement;
  /** Versions of its runtime's parts, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** What a reader should know: a leak, a check that could not be made. */
  readonly flags: readonly string[];
  /** Of the first training steps. */
  readonly losses: readonly number[];
}

/** Units: ms. */
export interface ColdStart {
  /** From the start of the process until the network is compiled. */
  readonly startMs: number;
  readonly loadMs: number;
  readonly compileMs: number;
  readonly firstStepMs: number;
}

/** What was measured of an implementation in a case. */
export interface Measurement {
  readonly imagesPerSecond: Summary;
  readonly flopsPerSecond: number;
  /** Relative to the hardware's matrix product; null where that was not measured. */
  readonly shareOfCeiling: number | null;
  readonly stepsPerSlice: number;
  /** Processor time over elapsed time. */
  readonly coresUsed: number;
  /** The fraction of the time in which the main thread was busy; null where there is no event loop. */
  readonly mainThreadShare: number | null;
  /** Processor time per step where the device is a GPU; null where the device is the processor. */
  readonly hostMsPerStep: number | null;
  readonly peakRssBytes: number;
  readonly deviceBytes: number | null;
}

/** What each part of a network adds to a training step. */
export interface LayerBreakdown {
  readonly model: string;
  readonly batch: number;
  readonly implementation: string;
  readonly rows: readonly LayerTime[];
}

export interface LayerTime {
  /** `net.0`; the last one includes the head and the loss. */
  readonly name: string;
  readonly kind: string;
  /** Of a step on the batch: the prefix that ends here less the one before. Units: ms. */
  readonly elapsedMs: Summary;
  /** Of the batch, forward and backward. */
  readonly flops: number;
  readonly bytes: number;
}

/** A training until an accuracy. */
export interface AccuracyResult extends TimeToAccuracy {
  readonly model: string;
  readonly batch: number;
  readonly recipe: string;
  readonly data: string;
  readonly target: number;
  readonly implementation: string;
}

/** The peak memory of a process that does nothing but train at a batch size. */
export interface MemoryResult {
  readonly model: string;
  readonly batch: number;
  readonly precision: Precision;
  readonly implementation: string;
  readonly steps: number;
  /** The high-water mark of the process's resident memory. */
  readonly peakRssBytes: number;
  /** The high-water mark of memory on the device, where the runtime reports it. */
  readonly deviceBytes: number | null;
}

/** `nin-mnist, batch 8, train`: the same in every text and file. */
export function caseName({ model, batch, mode, precision, resident }: CaseIdentity): string {
  return [
    model,
    `batch ${batch}`,
    mode,
    ...(precision === "f32" ? [] : [precision]),
    ...(resident === undefined ? [] : [`resident ${resident}`]),
  ].join(", ");
}
