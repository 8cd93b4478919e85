import type { CheckAnswer, Opened, ProbeAnswer, TimeToAccuracy } from "./messages.js";

/** The result of the requested steps. */
export interface StepsResult {
  readonly losses?: readonly number[];
  readonly scoresNorm?: number;
  readonly deviceBytes?: number;
}

/** What an implementation's processes have used so far. */
export interface ProcessUsage {
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
}

/** An implementation as its process serves it. */
export interface ServedImplementation {
  open(): Promise<Opened>;
  check(): Promise<CheckAnswer>;
  /** Runs so many steps; resolves when the result of the last one has been read. */
  run(steps: number): Promise<StepsResult>;
  probe(): Promise<ProbeAnswer>;
  reach?(accuracy: number, limitMs: number): Promise<TimeToAccuracy>;
  /** Of other processes that do the work; by default this process is asked. */
  usage?(): Promise<ProcessUsage>;
  close(): Promise<void>;
}
