import { readTextBounded, SIZE_LIMITS } from "@nin/files";
import { FieldReader, JsonError, parseJson, SpecError, shownText } from "@nin/spec";
import { BenchError } from "../protocol/errors.js";
import {
  type AccuracyResult,
  type BenchResult,
  type CaseResult,
  type Ceiling,
  caseName,
  type Entry,
  type ImplementationInfo,
  type LayerBreakdown,
  type Measurement,
  type MemoryResult,
  type ResultSettings,
} from "./format.js";
import {
  anySummary,
  count,
  finite,
  MAX_ITEMS,
  notNegative,
  notNegativeOrNaN,
  numbers,
  orNull,
  speed,
} from "./read-values.js";

/**
 * Reads the `result.json` of a run, of this version or an earlier one.
 *
 * @throws `FileError` when the file cannot be read; `BenchError` as `parseResult`
 *
 * @example
 * ```ts
 * const { cases } = await readResult("runs/bench/result.json");
 * ```
 */
export async function readResult(path: string): Promise<BenchResult> {
  return parseResult(await readTextBounded(path, { maxBytes: SIZE_LIMITS.record }), path);
}

/**
 * Reads a result and checks all of it: every field's type and range. Fields of later versions are passed over.
 *
 * @throws `BenchError` (`NIN_BENCH_FILE`) naming the file and the path of the field
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
    implementations: root.list("contestants", MAX_ITEMS, readImplementation),
    ceilings: root.list("ceilings", MAX_ITEMS, readCeiling),
    cases: root.list("cases", MAX_ITEMS, readCase),
    layers: root.list("layers", MAX_ITEMS, readLayers),
    accuracy: root.list("accuracy", MAX_ITEMS, readAccuracy),
    ...root.optional("memory", () => root.list("memory", MAX_ITEMS, readMemory)),
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
    ...fields.optional("rounds", () => fields.positiveInteger("rounds")),
    ...fields.optional("checkout", () => fields.text("checkout")),
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
    gpus: fields.texts("cards", MAX_ITEMS),
    variables: fields.textMap("variables"),
    loadBefore: notNegative(fields, "loadBefore"),
    ...fields.optional("browser", () => readBrowser(fields.object("browser"))),
  };
}

function readBrowser(fields: FieldReader): NonNullable<BenchResult["environment"]["browser"]> {
  return {
    name: fields.text("name"),
    adapter: fields.text("adapter"),
    renderer: fields.text("renderer"),
    crossOriginIsolated: fields.boolean("crossOriginIsolated"),
    threads: fields.positiveInteger("threads"),
  };
}

function readImplementation(fields: FieldReader): ImplementationInfo {
  return {
    id: fields.string("id"),
    name: fields.text("name"),
    kind: fields.oneOf("kind", ["backend", "peer"]) === "peer" ? "baseline" : "backend",
    hardware: fields.text("hardware"),
  };
}

function readDate(fields: FieldReader, name: string): string {
  const value = fields.text(name);
  return Number.isNaN(Date.parse(value)) ? fields.fail(name, "a date as ISO 8601 has it") : value;
}

const STATUSES = ["measured", "wrong", "slow", "failed", "unsupported"] as const;
const MODES = ["train", "forward", "epoch"] as const;
const PRECISIONS = ["f32", "mixed"] as const;

function readCeiling(fields: FieldReader): Ceiling {
  return {
    hardware: fields.text("hardware"),
    method: fields.text("method"),
    flopsPerSecond: speed(fields, "flopsPerSecond"),
    bytesPerSecond: speed(fields, "bytesPerSecond"),
    matrixSize: notNegative(fields, "matrixSize"),
    arrayBytes: notNegative(fields, "arrayBytes"),
  };
}

function readCase(fields: FieldReader): CaseResult {
  const entries = fields.list("entries", MAX_ITEMS, readEntry);
  fields.requireOneEach(
    "entries",
    entries.map(({ implementation }) => implementation),
  );
  return {
    model: fields.string("model"),
    batch: fields.positiveInteger("batch"),
    precision: fields.oneOf("precision", PRECISIONS),
    mode: fields.oneOf("mode", MODES),
    ...fields.optional("resident", () => fields.string("resident")),
    flopsPerImage: notNegative(fields, "flopsPerImage"),
    bytesPerImage: notNegative(fields, "bytesPerImage"),
    entries,
    ratios: fields.list("ratios", MAX_ITEMS, (ratio) => ({
      of: ratio.string("of"),
      to: ratio.string("to"),
      speed: speed(ratio, "speed"),
    })),
  };
}

function readEntry(fields: FieldReader): Entry {
  const status = fields.oneOf("status", STATUSES);
  if ((status === "measured") !== (fields.raw("measured") !== undefined))
    fields.fail("measured", "measurements where, and only where, the status is measured");
  return {
    implementation: fields.string("contestant"),
    status,
    ...fields.optional("reason", () => fields.text("reason")),
    ...(fields.raw("gate") === undefined ? {} : { correctness: readCorrectness(fields.object("gate")) }),
    ...fields.optional("coldStart", () => readColdStart(fields.object("coldStart"))),
    ...fields.optional("measured", () => readMeasurement(fields.object("measured"))),
    versions: fields.textMap("versions"),
    flags: fields.texts("flags", MAX_ITEMS),
    losses: numbers(fields, "losses"),
  };
}

function readCorrectness(fields: FieldReader): NonNullable<Entry["correctness"]> {
  return {
    scores: notNegativeOrNaN(fields, "scores"),
    losses: notNegativeOrNaN(fields, "losses"),
    updates: notNegativeOrNaN(fields, "updates"),
    ...fields.optional("wrong", () => fields.text("wrong")),
    against: fields.text("against"),
  };
}

function readColdStart(fields: FieldReader): NonNullable<Entry["coldStart"]> {
  return {
    startMs: notNegative(fields, "startMs"),
    loadMs: notNegative(fields, "loadMs"),
    compileMs: notNegative(fields, "compileMs"),
    firstStepMs: notNegativeOrNaN(fields, "firstStepMs"),
  };
}

function readMeasurement(fields: FieldReader): Measurement {
  return {
    imagesPerSecond: speed(fields, "imagesPerSecond"),
    flopsPerSecond: notNegative(fields, "flopsPerSecond"),
    shareOfCeiling: orNull(fields, "shareOfCeiling", notNegative),
    stepsPerSlice: count(fields, "stepsPerSlice"),
    coresUsed: notNegative(fields, "coresUsed"),
    mainThreadShare: orNull(fields, "mainThreadShare", notNegative),
    hostMsPerStep: orNull(fields, "hostMsPerStep", notNegative),
    peakRssBytes: notNegative(fields, "peakRssBytes"),
    deviceBytes: orNull(fields, "deviceBytes", notNegative),
  };
}

function readLayers(fields: FieldReader): LayerBreakdown {
  return {
    model: fields.string("model"),
    batch: fields.positiveInteger("batch"),
    implementation: fields.string("contestant"),
    rows: fields.list("rows", MAX_ITEMS, (row) => ({
      name: row.text("name"),
      kind: row.text("kind"),
      // A difference of two times: below 0 where the layer costs less than they vary.
      elapsedMs: anySummary(row, "elapsedMs"),
      flops: notNegative(row, "flops"),
      bytes: notNegative(row, "bytes"),
    })),
  };
}

function readAccuracy(fields: FieldReader): AccuracyResult {
  return {
    model: fields.string("model"),
    batch: fields.positiveInteger("batch"),
    recipe: fields.text("recipe"),
    data: fields.text("data"),
    target: fields.number("target", "a number from 0 to 1", (value) => value >= 0 && value <= 1),
    implementation: fields.string("contestant"),
    reached: fields.boolean("reached"),
    steps: count(fields, "steps"),
    images: count(fields, "images"),
    trainMs: notNegative(fields, "trainMs"),
    evaluateMs: notNegative(fields, "evaluateMs"),
    curve: fields.list("curve", 10 * MAX_ITEMS, (point) => ({
      step: count(point, "step"),
      loss: orNull(point, "loss", finite) ?? Number.NaN,
    })),
    accuracies: fields.list("accuracies", MAX_ITEMS, (point) => ({
      step: count(point, "step"),
      trainMs: notNegative(point, "trainMs"),
      accuracy: notNegative(point, "accuracy"),
    })),
  };
}

function readMemory(fields: FieldReader): MemoryResult {
  return {
    model: fields.string("model"),
    batch: fields.positiveInteger("batch"),
    precision: fields.oneOf("precision", PRECISIONS),
    implementation: fields.string("contestant"),
    steps: count(fields, "steps"),
    peakRssBytes: notNegative(fields, "peakRssBytes"),
    deviceBytes: orNull(fields, "deviceBytes", notNegative),
  };
}
