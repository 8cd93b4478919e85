import { FieldReader, SpecError } from "@nin/spec";
import type { JsonValue, StudySettings } from "../format/settings.js";

/**
 * - `waiting`: not begun
 * - `running`: begun, and not known to have stopped
 * - `interrupted`: stopped before its end, to be continued
 * - `finished`: trained to its end
 * - `failed`: ended by an error, `error` says which
 */
export type StudyRunStatus = "waiting" | "running" | "interrupted" | "finished" | "failed";

/** What a study knows of one of its runs. A value that is not known (yet) is null. */
export interface StudyRunResult {
  /** A hash of the effective settings; the name of the run's folder. */
  readonly id: string;
  /** Every setting, defaults filled in. */
  readonly settings: StudySettings;
  readonly status: StudyRunStatus;
  /** How often the run was begun or continued. */
  readonly attempts: number;
  /** The worker that finished it; null where the study ran on one machine. */
  readonly worker: string | null;
  /** Finished epochs. */
  readonly epochs: number | null;
  /** Of the last epoch, from 0 to 1. */
  readonly testAccuracy: number | null;
  /** Of the last epoch. */
  readonly testLoss: number | null;
  /** The training rate of the last epoch. */
  readonly imagesPerSecond: number | null;
  /** Without interruptions. Units: milliseconds. */
  readonly elapsedMs: number | null;
  readonly parameters: number;
  /** Multiply-accumulates of the forward pass of one image. */
  readonly macs: number;
  /** The codes of the warnings of the run: `dead-class`, `plateau`, ... */
  readonly warnings: readonly string[];
  /** Why it failed; null otherwise. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The results of a study: `results.json`. */
export interface StudyResults {
  readonly format: "nin-study-results";
  readonly version: 1;
  /** The name of the study. */
  readonly study: string;
  /** Each run once, in the study's order. */
  readonly runs: readonly StudyRunResult[];
}

/** Whether a run is trained, or tried again, when the study is run: one that diverged would diverge again. */
export function isToDo({ status, error }: Pick<StudyRunResult, "status" | "error">): boolean {
  return status === "failed" ? error?.code !== "NIN_DIVERGED" : status !== "finished";
}

const STATUSES = ["waiting", "running", "interrupted", "finished", "failed"] as const;
const MAX_RUNS = 1_000_000;

/**
 * Reads the results of a study from parsed JSON.
 *
 * @throws `SpecError` naming the field
 */
export function parseStudyResults(json: unknown): StudyResults {
  const root = new FieldReader(json, "");
  const results: StudyResults = {
    format: root.literal("format", "nin-study-results"),
    version: root.literal("version", 1),
    study: root.string("study"),
    runs: root.list("runs", MAX_RUNS, parseStudyRunResult),
  };
  root.end();
  return results;
}

/** @throws `SpecError` naming the field */
export function parseStudyRunResult(fields: FieldReader): StudyRunResult {
  const optional = (name: string): number | null =>
    fields.raw(name) === null ? null : fields.number(name, "a number or null", () => true);
  const text = (name: string): string | null => (fields.raw(name) === null ? null : fields.string(name));
  const count = (name: string): number =>
    fields.number(name, "a non-negative integer", (value) => Number.isSafeInteger(value) && value >= 0);
  const result: StudyRunResult = {
    id: runIdOf(fields),
    settings: settingsOf(fields.object("settings")),
    status: fields.oneOf("status", STATUSES),
    attempts: count("attempts"),
    worker: text("worker"),
    epochs: optional("epochs"),
    testAccuracy: optional("testAccuracy"),
    testLoss: optional("testLoss"),
    imagesPerSecond: optional("imagesPerSecond"),
    elapsedMs: optional("elapsedMs"),
    parameters: count("parameters"),
    macs: count("macs"),
    warnings: fields.raw("warnings") === undefined ? [] : fields.texts("warnings", MAX_RUNS),
    error: isMissing(fields.raw("error")) ? null : errorOf(fields.object("error")),
  };
  fields.end();
  return result;
}

/** The names of run folders come from here: nothing but hexadecimal digits. */
const RUN_ID = /^[0-9a-f]{16}$/;

function runIdOf(fields: FieldReader): string {
  const id = fields.string("id");
  if (!RUN_ID.test(id)) throw new SpecError(fields.pathOf("id"), "16 hexadecimal digits", id);
  return id;
}

function errorOf(fields: FieldReader): StudyRunResult["error"] {
  const error = { code: fields.string("code"), message: fields.text("message") };
  fields.end();
  return error;
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

function settingsOf(fields: FieldReader): StudySettings {
  return Object.fromEntries(fields.names().map((name) => [name, fields.raw(name) as JsonValue]));
}
