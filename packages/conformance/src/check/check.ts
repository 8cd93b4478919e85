import { ConformanceFailure } from "../case/failure.js";

/** Throws: `ConformanceFailure` with the message unless `holds`. */
export function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new ConformanceFailure(message);
}

/** Fails unless two values are the same as JSON has them; names the first path that differs. */
export function checkEqual(actual: unknown, expected: unknown, what: string): void {
  const path = firstDifference(actual, expected, "");
  if (path === undefined) return;
  const [given, wanted] = [at(actual, path), at(expected, path)].map(brief);
  throw new ConformanceFailure(`${what}${path}: expected ${wanted}, got ${given}`);
}

/** Fails unless `|actual - expected| <= tolerance * |expected|`. */
export function checkNumber(
  actual: number | undefined,
  expected: number,
  what: string,
  tolerance: number,
): void {
  const error = Math.abs((actual ?? Number.NaN) - expected);
  const relative = error === 0 ? 0 : error / Math.abs(expected);
  check(
    relative <= tolerance,
    `${what}: expected ${expected}, got ${actual}; relative error ${relative.toExponential(2)}, allowed ${tolerance}`,
  );
}

function firstDifference(actual: unknown, expected: unknown, path: string): string | undefined {
  if (Object.is(actual, expected)) return undefined;
  if (!isNested(actual) || !isNested(expected) || Array.isArray(actual) !== Array.isArray(expected)) {
    return path;
  }
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  for (const key of keys) {
    const difference = firstDifference(actual[key], expected[key], `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isNested(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .slice(1)
    .reduce<unknown>((nested, key) => (isNested(nested) ? nested[key] : undefined), value);
}

function brief(value: unknown): string {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}

/** `|actual - expected| / |expected|`; infinite for a number that is not there. */
export function relative(actual: number | undefined, expected: number): number {
  if (actual === undefined) return Number.POSITIVE_INFINITY;
  return actual === expected ? 0 : Math.abs(actual - expected) / Math.abs(expected);
}

/**
 * Fails unless a promise is rejected with an error of this `code`: by code, not by class, so that a
 * backend may have a copy of the contract of its own.
 */
export async function checkRefused(call: Promise<unknown>, code: string, what: string): Promise<void> {
  const error = await errorOf(call, what, code);
  const given = (error as { readonly code?: unknown } | null | undefined)?.code;
  if (given === code) return;
  const message = error instanceof Error ? `${error.name} ${String(given)}: ${error.message}` : String(error);
  throw new ConformanceFailure(`${what}: expected an error with code ${code}, got ${message}`);
}

async function errorOf(call: Promise<unknown>, what: string, code: string): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new ConformanceFailure(`${what}: expected an error with code ${code}, and it was done`);
}
