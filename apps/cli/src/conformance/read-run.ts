import type { Device } from "@nin/backend";
import { type CaseResult, type CaseStatus, levelOf, reportOf } from "@nin/conformance";
import { SIZE_LIMITS } from "@nin/files";
import { FieldReader, SpecError, shownText } from "@nin/spec";
import { readJson } from "../arguments/json-file.js";
import { UsageError } from "../errors/usage-error.js";
import { RUN_FORMAT, RUN_VERSION, type SavedRun } from "./saved-run.js";

const PRECISIONS = ["f32", "mixed"] as const;
const STATUSES: readonly CaseStatus[] = ["passed", "failed", "skipped", "expectedFailure", "unexpectedPass"];
/** More than the suite has cases, and more than a backend has devices. */
const [MAX_CASES, MAX_DEVICES] = [100_000, 1000];

/**
 * Reads a saved run.
 *
 * @throws `UsageError`, which names the file and what it should contain
 */
export async function readSavedRun(path: string): Promise<SavedRun> {
  return parseSavedRun(await readJson(path, "conformance run", SIZE_LIMITS.record), path);
}

/**
 * Parses a run and checks all of it; counts are recomputed from the cases. Fields of later versions are ignored.
 *
 * @throws `UsageError`, which names the file, the field, and what it should contain
 */
export function parseSavedRun(json: unknown, path: string): SavedRun {
  try {
    return savedRunOf(new FieldReader(json, ""));
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new UsageError(`${shownText(path)}: ${error.message}`, { cause: error });
  }
}

function savedRunOf(root: FieldReader): SavedRun {
  root.literal("format", RUN_FORMAT);
  root.literal("version", RUN_VERSION);
  const environment = root.object("environment");
  const cases = root.list("cases", MAX_CASES, caseOf);
  root.requireOneEach(
    "cases",
    cases.map(({ id }) => id),
  );
  return {
    backend: root.string("backend"),
    device: root.string("device"),
    // Absent in files that were saved before there was another precision.
    precision: root.oneOf("precision", PRECISIONS, "f32"),
    ...root.optional("convolution", () => root.literal("convolution", "fast")),
    quick: root.boolean("quick"),
    ...root.optional("filter", () => root.text("filter")),
    date: dateOf(root),
    durationMs: milliseconds(root),
    environment: {
      cpu: environment.text("cpu"),
      cores: environment.positiveInteger("cores"),
      versions: environment.textMap("versions"),
    },
    devices: root.list("devices", MAX_DEVICES, deviceOf),
    report: reportOf(cases),
  };
}

function deviceOf(fields: FieldReader): Device {
  return {
    id: fields.string("id"),
    name: fields.text("name"),
    available: fields.boolean("available"),
    ...fields.optional("reason", () => fields.text("reason")),
  };
}

function caseOf(fields: FieldReader): CaseResult {
  return {
    id: caseIdOf(fields),
    status: fields.oneOf("status", STATUSES),
    ...fields.optional("detail", () => fields.text("detail")),
    ...fields.optional("reason", () => fields.text("reason")),
    durationMs: milliseconds(fields),
  };
}

function caseIdOf(fields: FieldReader): string {
  const id = fields.text("id");
  try {
    levelOf(id);
    return id;
  } catch {
    return fields.fail("id", "a case of a level of the suite");
  }
}

function dateOf(fields: FieldReader): string {
  const date = fields.text("date");
  return Number.isNaN(Date.parse(date)) ? fields.fail("date", "an ISO 8601 date") : date;
}

function milliseconds(fields: FieldReader): number {
  return fields.number("durationMs", "a number of at least 0", (value) => value >= 0);
}
