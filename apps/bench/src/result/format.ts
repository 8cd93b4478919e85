import type { Precision } from "@nin/backend";
import type { Absent } from "../implementations/implementation";
import type { Verdict } from "../correctness/judge";
import type { Mode } from "../protocol/job.js";
import type { ReachAnswer } from "../protocol/messages.js";
import type { Summary } from "../statistics/summary.js";
import type { Environment } from "./environment.js";

/** A whole run: `docs/benchmark.md` has every field. */
export interface BenchResult {
  readonly format: "nin-bench";
  readonly version: 1;
  readonly startedAt: string;
  readonly durationMs: number;
  /** Whether Ctrl-C ended it: what had been done by then is there. */
  readonly interrupted: boolean;
  readonly settings: ResultSettings;
  readonly environment: Environment;
  readonly contestants: readonly ContestantInfo[];
  readonly ceilings: readonly Ceiling[];
  readonly cases: readonly CaseResult[];
  readonly layers: readonly LayerBreakdown[];
  readonly accuracy: readonly AccuracyResult[];
  /** What was not measured, and why. */
  readonly notMeasured: readonly Absent[];
}

export interface ResultSettings {
  readonly quick: boolean;
  readonly threads: number;
  readonly recipe: string;
  readonly data: string;
  readonly budgetMs: number;
}

export interface ContestantInfo {
  readonly id: string;
  readonly name: string;
  readonly kind: "backend" | "peer";
  readonly hardware: string;
}

/** What hardware can do at most, as measured by a program of ours on it. */
export interface Ceiling {
  readonly hardware: string;
  /** How it was measured. */
  readonly method: string;
  /** Of a float32 matrix product. */
  readonly flopsPerSecond: Summary;
  /** Read and written by an element-wise operation on arrays beyond the caches. */
  readonly bytesPerSecond: Summary;
  /** Elements on a side of the matrices; bytes of one array. */
  readonly matrixSize: number;
  readonly arrayBytes: number;
}

/** Contestants on the same work, in turn. */
export interface CaseResult {
  readonly model: string;
  readonly batch: number;
  readonly precision: Precision;
  readonly mode: Mode;
  /** Of one image, in this mode. */
  readonly flopsPerImage: number;
  /** Of one image: what a perfect cache would still move, at this batch. */
  readonly bytesPerImage: number;
  readonly entries: readonly Entry[];
  /** Of every other measured entry to one of them: PyTorch's channels-last where it was measured, else the first. */
  readonly ratios: readonly Ratio[];
}

export interface Ratio {
  readonly of: string;
  readonly to: string;
  readonly speed: Summary;
}

/**
 * `wrong`: failed the gate or was caught cheating; `slow`: a step takes longer than its share of the
 * time; `unsupported`: says itself that it does not do this.
 */
export type EntryStatus = "measured" | "wrong" | "slow" | "failed" | "unsupported";

/** One contestant in a case. */
export interface Entry {
  readonly contestant: string;
  readonly status: EntryStatus;
  /** Why it was not measured. */
  readonly reason?: string;
  readonly gate?: Verdict & { readonly against: string };
  readonly coldStart?: ColdStart;
  /** Only of a measured one. */
  readonly measured?: Measurement;
  /** Of its runtime, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** What a reader should know: a leak, a check that could not be made. */
  readonly flags: readonly string[];
  /** Of the first training steps. */
  readonly losses: readonly number[];
}

/** Units: ms. */
export interface ColdStart {
  /** From the process's start until it could be spoken to and was compiled. */
  readonly startMs: number;
  readonly loadMs: number;
  readonly compileMs: number;
  readonly firstStepMs: number;
}

export interface Measurement {
  readonly imagesPerSecond: Summary;
  readonly flopsPerSecond: number;
  /** Of the hardware's matrix product; null where that was not measured. */
  readonly shareOfCeiling: number | null;
  /** Steps of a slice. */
  readonly stepsPerSlice: number;
  /** Processor time over elapsed time. */
  readonly coresUsed: number;
  /** How much of the time the main thread was busy; null where it has no event loop. */
  readonly mainThreadShare: number | null;
  /** Processor time a step where the device is another one; null where the device is the processor. */
  readonly hostMsPerStep: number | null;
  readonly peakRssBytes: number;
  readonly deviceBytes: number | null;
}

/** What each part of a network adds to a training step. */
export interface LayerBreakdown {
  readonly model: string;
  readonly batch: number;
  readonly contestant: string;
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

/** A training to an accuracy. */
export interface AccuracyResult extends Omit<ReachAnswer, "curve"> {
  readonly model: string;
  readonly batch: number;
  readonly recipe: string;
  readonly data: string;
  readonly target: number;
  readonly contestant: string;
  readonly curve: ReachAnswer["curve"];
}
