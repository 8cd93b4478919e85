import { cpus } from "node:os";
import type { Backend, Device, Precision } from "@nin/backend";
import type { CaseResult, ConformanceReport } from "@nin/conformance";
import { processorName } from "@nin/files";
import { softwareVersions } from "../process/versions.js";

export const RUN_FORMAT = "nin-conformance";
export const RUN_VERSION = 1;

/** A run of the suite as it is saved in a file: what was run, where, and the outcome of every case. */
export interface SavedRun {
  readonly backend: string;
  readonly device: string;
  readonly precision: Precision;
  /** Missing where convolutions are exact. */
  readonly convolution?: "fast";
  /** Whether only the quick cases were run. */
  readonly quick: boolean;
  /** Where only cases whose id contains it were run. */
  readonly filter?: string;
  /** ISO 8601, when it began. */
  readonly date: string;
  /** Units: milliseconds. */
  readonly durationMs: number;
  readonly environment: RunEnvironment;
  /** All of the backend's devices on that machine, usable or why not. */
  readonly devices: readonly Device[];
  readonly report: ConformanceReport;
}

/** The machine that a run was made on. */
export interface RunEnvironment {
  readonly cpu: string;
  readonly cores: number;
  /** Of `nin`, Node, the platform and the runtimes. */
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * A run as JSON (`nin-conformance`, version 1), one line per case. Notes of cases that passed are omitted.
 */
export function savedRunText({ report, ...run }: SavedRun): string {
  const { passed, failed, skipped, expectedFailures, cases } = report;
  const head = { format: RUN_FORMAT, version: RUN_VERSION, ...run, durationMs: Math.round(run.durationMs) };
  const text = JSON.stringify({ ...head, passed, failed, skipped, expectedFailures }, undefined, 2);
  const lines = cases.map((result) => `    ${JSON.stringify(savedCase(result))}`);
  return `${text.slice(0, -2)},\n  "cases": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

function savedCase({ id, status, detail, reason, durationMs }: CaseResult): CaseResult {
  const why = { ...(detail === undefined ? {} : { detail }), ...(reason === undefined ? {} : { reason }) };
  return { id, status, ...(status === "passed" ? {} : why), durationMs: Math.round(durationMs) };
}

/** What was run. */
export interface FinishedRun {
  readonly backend: Backend;
  readonly device: string;
  readonly precision: Precision;
  /** Missing where convolutions are exact. */
  readonly convolution?: "fast";
  readonly quick: boolean;
  readonly filter?: string;
  readonly started: Date;
  /** Units: milliseconds. */
  readonly durationMs: number;
  readonly report: ConformanceReport;
}

/** The text of a run's file: the run, and the machine it was made on. */
export async function textOfRun(run: FinishedRun): Promise<string> {
  const { backend, started, ...rest } = run;
  const devices = (await backend.devices()).map(({ id, name, available, reason }) => ({
    id,
    name,
    available,
    ...(reason === undefined ? {} : { reason }),
  }));
  const saved = { backend: backend.id, ...rest, date: started.toISOString(), devices };
  return savedRunText({ ...saved, environment: await environmentOf(backend, run.device) });
}

async function environmentOf(backend: Backend, device: string): Promise<RunEnvironment> {
  return { cpu: processorName(), cores: cpus().length, versions: await softwareVersions(backend, device) };
}

/** What was run. */
export interface RunSubject {
  readonly backend: string;
  /** Where it was named. */
  readonly device?: string;
  readonly precision: Precision;
  /** Missing where convolutions are exact. */
  readonly convolution?: "fast";
}

/** A run as its reports name it: `webgpu on lavapipe in mixed precision`; nothing is said of float32 and exact convolutions. */
export function runName({ backend, device, precision, convolution }: RunSubject): string {
  const place = device === undefined ? backend : `${backend} on ${device}`;
  const where = precision === "f32" ? place : `${place} in ${precision} precision`;
  return convolution === undefined ? where : `${where} with ${convolution} convolutions`;
}

/** What a table adds to a device's name: ` mixed`, ` fast`; nothing for float32 and exact convolutions. */
export function arithmeticSuffix({
  precision,
  convolution,
}: Pick<RunSubject, "precision" | "convolution">): string {
  return `${precision === "f32" ? "" : ` ${precision}`}${convolution === undefined ? "" : ` ${convolution}`}`;
}

/** A device as a table heads it: `lavapipe`, `lavapipe mixed`. */
export function deviceTitle({
  device,
  ...arithmetic
}: Required<Omit<RunSubject, "convolution">> & Pick<RunSubject, "convolution">): string {
  return `${device}${arithmeticSuffix(arithmetic)}`;
}
