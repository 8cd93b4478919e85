import { type FieldReader, SpecError } from "@nin/spec";
import type { Summary } from "./statistics.js";

/** More than any list of a result has. */
export const MAX_ITEMS = 100_000;

/** A finite number of at least 0. */
export function notNegative(fields: FieldReader, name: string): number {
  return fields.number(name, "a number of at least 0", (value) => value >= 0);
}

/** A finite number. */
export function finite(fields: FieldReader, name: string): number {
  return fields.number(name, "a number", () => true);
}

/** An integer of at least 0. */
export function count(fields: FieldReader, name: string): number {
  return fields.number(
    name,
    "an integer of at least 0",
    (value) => Number.isSafeInteger(value) && value >= 0,
  );
}

/** As `read`, or null. */
export function orNull(
  fields: FieldReader,
  name: string,
  read: (fields: FieldReader, name: string) => number,
): number | null {
  return fields.raw(name) === null ? null : read(fields, name);
}

/** A number of at least 0, or what was not finite or not measured: JSON has null for it. */
export function notNegativeOrNaN(fields: FieldReader, name: string): number {
  return orNull(fields, name, notNegative) ?? Number.NaN;
}

/** Numbers: null where one is not finite. */
export function numbers(fields: FieldReader, name: string): readonly number[] {
  return Array.from(fields.array(name, MAX_ITEMS), (item, index) => {
    if (item === null) return Number.NaN;
    if (typeof item === "number" && Number.isFinite(item)) return item;
    throw new SpecError(`${fields.pathOf(name)}[${index}]`, "a number", item);
  });
}

/** Repeated measurements of a speed, which is above 0. */
export function speed(fields: FieldReader, name: string): Summary {
  const summary = anySummary(fields, name);
  return summary.low > 0 && summary.samples.every((sample) => sample > 0)
    ? summary
    : fields.fail(name, "measurements above 0");
}

/** Repeated measurements, of which the median lies within its interval. */
export function anySummary(fields: FieldReader, name: string): Summary {
  const own = fields.object(name);
  const summary: Summary = {
    median: finite(own, "median"),
    low: finite(own, "low"),
    high: finite(own, "high"),
    p5: finite(own, "p5"),
    p95: finite(own, "p95"),
    samples: numbers(own, "samples"),
  };
  if (summary.samples.length === 0) own.fail("samples", "at least one measurement");
  if (!(summary.low <= summary.median && summary.median <= summary.high))
    own.fail("median", "a number from low to high");
  return summary;
}
