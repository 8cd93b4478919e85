import type { Device, Precision } from "@nin/backend";
import type { CaseResult, ConformanceReport } from "@nin/conformance";

export const RUN_FORMAT = "nin-conformance";
export const RUN_VERSION = 1;

/** A run of the suite as a file keeps it: what was run, where, and how every case ended. */
export interface SavedRun {
  readonly backend: string;
  readonly device: string;
  readonly precision: Precision;
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
 * A run as JSON (`nin-conformance`, version 1), a line a case. What a case that passed may say is
 * left out: the file is for what did not.
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
