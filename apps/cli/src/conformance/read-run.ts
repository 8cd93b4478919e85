import type { Device, Precision } from "@nin/backend";
import { type CaseResult, type CaseStatus, levelOf, reportOf } from "@nin/conformance";
import { readJson } from "../json-file.js";
import { UsageError } from "../usage-error.js";
import { RUN_FORMAT, RUN_VERSION, type SavedRun } from "./saved-run.js";

const PRECISIONS: readonly Precision[] = ["f32", "mixed"];
const STATUSES: readonly CaseStatus[] = ["passed", "failed", "skipped", "expectedFailure", "unexpectedPass"];

/** Reads a saved run. Throws: `UsageError`, naming the file and what it should hold. */
export async function readSavedRun(path: string): Promise<SavedRun> {
  return parseSavedRun(await readJson(path, "conformance run"), path);
}

/** Counts are made anew from the cases. Throws: `UsageError`. */
export function parseSavedRun(json: unknown, path: string): SavedRun {
  const read = new Fields(json, path);
  if (read.at("format") !== RUN_FORMAT || read.at("version") !== RUN_VERSION) {
    throw new UsageError(
      `${path}: expected "format": "${RUN_FORMAT}", "version": ${RUN_VERSION}, as nin conformance --out writes it`,
    );
  }
  const environment = read.fields("environment");
  const versions = environment.fields("versions");
  return {
    backend: read.text("backend"),
    device: read.text("device"),
    precision: precisionOf(read),
    quick: read.flag("quick"),
    ...(read.at("filter") === undefined ? {} : { filter: read.text("filter") }),
    date: read.date("date"),
    durationMs: read.number("durationMs"),
    environment: {
      cpu: environment.text("cpu"),
      cores: environment.number("cores"),
      versions: Object.fromEntries(versions.names().map((name) => [name, versions.text(name)])),
    },
    devices: read.list("devices").map(deviceOf),
    report: reportOf(read.list("cases").map(caseOf)),
  };
}

/** Of a run that does not say it, and was saved before there was another, float32. */
function precisionOf(read: Fields): Precision {
  const given = read.at("precision") ?? "f32";
  const precision = PRECISIONS.find((known) => known === given);
  if (precision === undefined) throw read.wrong("precision", `one of ${PRECISIONS.join(", ")}`);
  return precision;
}

function deviceOf(read: Fields): Device {
  return {
    id: read.text("id"),
    name: read.text("name"),
    available: read.flag("available"),
    ...(read.at("reason") === undefined ? {} : { reason: read.text("reason") }),
  };
}

function caseOf(read: Fields): CaseResult {
  const id = read.text("id");
  try {
    levelOf(id);
  } catch (error) {
    throw read.wrong("id", "a case of a level of the suite", { cause: error });
  }
  const status = STATUSES.find((known) => known === read.at("status"));
  if (status === undefined) throw read.wrong("status", `one of ${STATUSES.join(", ")}`);
  return {
    id,
    status,
    ...(read.at("detail") === undefined ? {} : { detail: read.text("detail") }),
    ...(read.at("reason") === undefined ? {} : { reason: read.text("reason") }),
    durationMs: read.number("durationMs"),
  };
}

/** The fields of an object in a file. Throws: `UsageError` for one that is not what it should be. */
class Fields {
  readonly #object: Readonly<Record<string, unknown>>;

  constructor(
    json: unknown,
    private readonly path: string,
  ) {
    if (typeof json !== "object" || json === null) throw new UsageError(`${path}: expected an object`);
    this.#object = { ...json };
  }

  names(): readonly string[] {
    return Object.keys(this.#object);
  }

  at(name: string): unknown {
    return this.#object[name];
  }

  text(name: string): string {
    const value = this.at(name);
    if (typeof value !== "string") throw this.wrong(name, "a text");
    return value;
  }

  number(name: string): number {
    const value = this.at(name);
    if (typeof value !== "number" || value < 0) throw this.wrong(name, "a number");
    return value;
  }

  flag(name: string): boolean {
    const value = this.at(name);
    if (typeof value !== "boolean") throw this.wrong(name, "true or false");
    return value;
  }

  date(name: string): string {
    const value = this.text(name);
    if (Number.isNaN(Date.parse(value))) throw this.wrong(name, "a date");
    return value;
  }

  fields(name: string): Fields {
    return new Fields(this.at(name), `${this.path}: ${name}`);
  }

  list(name: string): readonly Fields[] {
    const value = this.at(name);
    if (!Array.isArray(value)) throw this.wrong(name, "a list");
    return value.map((entry, index) => new Fields(entry, `${this.path}: ${name}[${index}]`));
  }

  wrong(name: string, expected: string, options?: ErrorOptions): UsageError {
    const given = JSON.stringify(this.at(name)) ?? "nothing";
    return new UsageError(`${this.path}: ${name}: expected ${expected}, got ${given.slice(0, 80)}`, options);
  }
}
