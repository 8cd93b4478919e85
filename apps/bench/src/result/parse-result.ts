import { readTextBounded, SIZE_LIMITS } from "@nin/files";
import { FieldReader, JsonError, parseJson, SpecError, shownText } from "@nin/spec";
import { BenchError } from "../errors.js";
import { caseName } from "./case-name.js";
import type { BenchResult, ContestantInfo, ResultSettings } from "./format.js";
import { readAccuracy, readCase, readCeiling, readLayers } from "./read-sections.js";
import { MAX_ITEMS, notNegative } from "./read-values.js";

/** Reads a result. Throws: `FileError` when it cannot be read; `BenchError` as `parseResult`. */
export async function readResult(path: string): Promise<BenchResult> {
  return parseResult(await readTextBounded(path, { maxBytes: SIZE_LIMITS.record }), path);
}

/**
 * Reads a result and checks all of it: every field's type and range. Fields of later versions are passed over.
 *
 * Throws: `BenchError` (`NIN_BENCH_FILE`) naming the file and the path of the field.
 */
export function parseResult(text: string, path: string): BenchResult {
  try {
    return resultOf(parseJson(text, path));
  } catch (error) {
    if (error instanceof JsonError) throw new BenchError(error.message, "NIN_BENCH_FILE", { cause: error });
    if (!(error instanceof SpecError)) throw error;
    throw new BenchError(`${shownText(path)}: ${error.message}`, "NIN_BENCH_FILE", { cause: error });
  }
}

function resultOf(json: unknown): BenchResult {
  const root = new FieldReader(json, "");
  const result: BenchResult = {
    format: root.literal("format", "nin-bench"),
    version: root.literal("version", 1),
    startedAt: readDate(root, "startedAt"),
    durationMs: notNegative(root, "durationMs"),
    interrupted: root.boolean("interrupted"),
    settings: readSettings(root.object("settings")),
    environment: readEnvironment(root.object("environment")),
    contestants: root.list("contestants", MAX_ITEMS, readContestant),
    ceilings: root.list("ceilings", MAX_ITEMS, readCeiling),
    cases: root.list("cases", MAX_ITEMS, readCase),
    layers: root.list("layers", MAX_ITEMS, readLayers),
    accuracy: root.list("accuracy", MAX_ITEMS, readAccuracy),
    notMeasured: root.list("notMeasured", MAX_ITEMS, (fields) => ({
      what: fields.text("what"),
      why: fields.text("why"),
    })),
  };
  root.requireOneEach("cases", result.cases.map(caseName));
  return result;
}

function readSettings(fields: FieldReader): ResultSettings {
  return {
    quick: fields.boolean("quick"),
    threads: fields.positiveInteger("threads"),
    recipe: fields.text("recipe"),
    data: fields.text("data"),
    budgetMs: notNegative(fields, "budgetMs"),
  };
}

function readEnvironment(fields: FieldReader): BenchResult["environment"] {
  return {
    cpu: fields.text("cpu"),
    cpuFeatures: fields.texts("cpuFeatures", MAX_ITEMS),
    cores: fields.positiveInteger("cores"),
    memoryBytes: notNegative(fields, "memoryBytes"),
    system: fields.text("system"),
    node: fields.text("node"),
    cards: fields.texts("cards", MAX_ITEMS),
    variables: fields.textMap("variables"),
    loadBefore: notNegative(fields, "loadBefore"),
  };
}

function readContestant(fields: FieldReader): ContestantInfo {
  return {
    id: fields.string("id"),
    name: fields.text("name"),
    kind: fields.oneOf("kind", ["backend", "peer"]),
    hardware: fields.text("hardware"),
  };
}

function readDate(fields: FieldReader, name: string): string {
  const value = fields.text(name);
  return Number.isNaN(Date.parse(value)) ? fields.fail(name, "a date as ISO 8601 has it") : value;
}
