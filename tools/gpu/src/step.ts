import type { GpuOptions } from "./options.js";

/** What a step found out: `passed`, or why it was `skipped`, and more of its own. */
export interface StepResult {
  readonly passed?: boolean;
  readonly skipped?: string;
  readonly [key: string]: unknown;
}

/** Reports what a step has so far, in case its time runs out. */
export type Report = (result: StepResult) => void;

/** What a step is given: the options, and what earlier steps measured. */
export interface StepOptions extends GpuOptions {
  readonly ceilings?: CeilingsResult;
}

/** A check or a measurement, in a process of its own. */
export type Step = (options: StepOptions, report: Report) => Promise<StepResult>;

/** The part of the result of the step `ceilings` that bounds of kernels follow from. */
export interface CeilingsResult {
  readonly products?: Readonly<Record<string, { readonly flopsPerSecond: { readonly median: number } }>>;
  readonly copy?: { readonly bytesPerSecond: { readonly median: number } };
}

/** A step as the result's file has it. */
export interface FinishedStep extends StepResult {
  readonly status: "passed" | "failed" | "skipped" | "crashed" | "timed out";
  readonly seconds: number;
  /** How the process ended, where it did not end by itself. */
  readonly ending?: string;
  /** The last lines of a step that did not pass. */
  readonly stderr?: string;
}
