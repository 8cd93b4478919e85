import type { Precision } from "@nin/backend";
import {
  type CaseResult,
  type CaseStatus,
  type LevelName,
  type LevelReport,
  reportByLevel,
} from "@nin/conformance";
import { at, shownText } from "@nin/spec";
import { UsageError } from "../../errors/usage-error.js";
import type { SavedRun } from "../saved-run.js";
import { runName } from "../saved-run.js";

/** In the order of their rows. */
const PRECISIONS: readonly Precision[] = ["f32", "mixed"];

/** A device of a backend in the matrix: how its run ended, or why there is none. */
export type MatrixRow = RunRow | AbsentRow;

/** A device that the suite was run on. */
export interface RunRow {
  readonly backend: string;
  readonly device: string;
  readonly precision: Precision;
  readonly convolution?: "fast";
  /** For a person: a processor's or an adapter's. */
  readonly name: string;
  readonly run: SavedRun;
  readonly levels: ReadonlyMap<LevelName, LevelReport>;
  readonly results: ReadonlyMap<string, CaseResult>;
}

/** A device without a run. */
export interface AbsentRow {
  readonly backend: string;
  readonly device: string;
  readonly name: string;
  readonly why: string;
}

export function isRunRow(row: MatrixRow): row is RunRow {
  return "run" in row;
}

/**
 * The rows of the matrix: every device of the backends that were run, in the order in which
 * backends are given and list their devices, each precision and arithmetic a row, and every other backend, saying
 * that it was not run.
 *
 * @throws `UsageError` for two runs of one device in one precision and arithmetic, or a run of a part of the suite.
 */
export function matrixRows(
  runs: readonly SavedRun[],
  backends: readonly string[] = [],
): readonly MatrixRow[] {
  requireOneEach(runs);
  for (const run of runs) requireWhole(run);
  return [...new Set([...backends, ...runs.map(({ backend }) => backend)])].flatMap((backend) => {
    const own = runs.filter((run) => run.backend === backend);
    return own.length === 0 ? [notRun(backend, "", "")] : backendRows(backend, own);
  });
}

function requireOneEach(runs: readonly SavedRun[]): void {
  const names = runs.map(runName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new UsageError(`expected one run of each device and precision, got two of ${shownText(twice)}`);
}

function requireWhole({ backend, device, filter }: SavedRun): void {
  if (filter === undefined) return;
  throw new UsageError(
    `expected runs of the whole suite or of its quick cases, got one of ${shownText(`${backend} on ${device} with --filter ${filter}`)}`,
  );
}

function backendRows(backend: string, runs: readonly SavedRun[]): readonly MatrixRow[] {
  const listed = runs.flatMap(({ devices }) => devices.map(({ id }) => id));
  return [...new Set([...listed, ...runs.map(({ device }) => device)])].flatMap(
    (device): readonly MatrixRow[] => {
      const own = PRECISIONS.flatMap((precision) =>
        runs.filter((run) => run.device === device && run.precision === precision),
      ).sort((a, b) => Number(a.convolution === "fast") - Number(b.convolution === "fast"));
      const known = (own[0] ?? at(runs, 0)).devices.find(({ id }) => id === device);
      const name = known?.name ?? device;
      if (own.length > 0) return own.map((run) => runRow(run, name));
      const reason = known?.available === false ? known.reason : undefined;
      return reason === undefined
        ? [notRun(backend, device, name)]
        : [{ backend, device, name, why: `not available: ${reason}` }];
    },
  );
}

function runRow(run: SavedRun, name: string): RunRow {
  const { backend, device, precision, convolution, report } = run;
  return {
    backend,
    device,
    precision,
    ...(convolution && { convolution }),
    name,
    run,
    levels: new Map(reportByLevel(report).map((level) => [level.level, level])),
    results: new Map(report.cases.map((result) => [result.id, result])),
  };
}

function notRun(backend: string, device: string, name: string): AbsentRow {
  return { backend, device, name, why: "not run" };
}

/** The outcomes of the cases of a level, or of a run. */
export interface LevelCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly expectedFailures: number;
}

/** The outcome of a cell: the worst of its cases. */
export type Outcome = "passed" | "failed" | "expected" | "skipped";

export function totalOf({ passed, failed, skipped, expectedFailures }: LevelCounts): number {
  return passed + failed + skipped + expectedFailures;
}

export function outcomeOf({ failed, skipped, expectedFailures }: LevelCounts): Outcome {
  if (failed > 0) return "failed";
  if (expectedFailures > 0) return "expected";
  return skipped > 0 ? "skipped" : "passed";
}

export function outcomeOfStatus(status: CaseStatus): Outcome {
  if (status === "unexpectedPass") return "failed";
  return status === "expectedFailure" ? "expected" : status;
}
