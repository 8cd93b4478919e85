import type { FieldReader } from "@nin/spec";
import type { AccuracyResult, CaseResult, Ceiling, Entry, LayerBreakdown, Measurement } from "./format.js";
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

const STATUSES = ["measured", "wrong", "slow", "failed", "unsupported"] as const;
const MODES = ["train", "forward", "epoch"] as const;
const PRECISIONS = ["f32", "mixed"] as const;

export function readCeiling(fields: FieldReader): Ceiling {
  return {
    hardware: fields.text("hardware"),
    method: fields.text("method"),
    flopsPerSecond: speed(fields, "flopsPerSecond"),
    bytesPerSecond: speed(fields, "bytesPerSecond"),
    matrixSize: notNegative(fields, "matrixSize"),
    arrayBytes: notNegative(fields, "arrayBytes"),
  };
}

export function readCase(fields: FieldReader): CaseResult {
  const entries = fields.list("entries", MAX_ITEMS, readEntry);
  fields.requireOneEach(
    "entries",
    entries.map(({ contestant }) => contestant),
  );
  return {
    model: fields.string("model"),
    batch: fields.positiveInteger("batch"),
    precision: fields.oneOf("precision", PRECISIONS),
    mode: fields.oneOf("mode", MODES),
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
    contestant: fields.string("contestant"),
    status,
    ...fields.optional("reason", () => fields.text("reason")),
    ...fields.optional("gate", () => readGate(fields.object("gate"))),
    ...fields.optional("coldStart", () => readColdStart(fields.object("coldStart"))),
    ...fields.optional("measured", () => readMeasurement(fields.object("measured"))),
    versions: fields.textMap("versions"),
    flags: fields.texts("flags", MAX_ITEMS),
    losses: numbers(fields, "losses"),
  };
}

function readGate(fields: FieldReader): NonNullable<Entry["gate"]> {
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

export function readLayers(fields: FieldReader): LayerBreakdown {
  return {
    model: fields.string("model"),
    batch: fields.positiveInteger("batch"),
    contestant: fields.string("contestant"),
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

export function readAccuracy(fields: FieldReader): AccuracyResult {
  return {
    model: fields.string("model"),
    batch: fields.positiveInteger("batch"),
    recipe: fields.text("recipe"),
    data: fields.text("data"),
    target: fields.number("target", "a number from 0 to 1", (value) => value >= 0 && value <= 1),
    contestant: fields.string("contestant"),
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
