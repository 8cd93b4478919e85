import { ConformanceFailure } from "../case/failure.js";

/**
 * Fails the case unless `holds`.
 *
 * @throws ConformanceFailure with the message
 */
export function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new ConformanceFailure(message);
}

/** Fails unless the backend gave as many values as expected: one loss a step, say. */
export function checkCount(values: { readonly length: number }, count: number, what: string): void {
  check(values.length === count, `${what}: expected ${count}, got ${values.length}`);
}

/** Fails unless two values are equal as JSON; names the first path that differs. */
export function checkEqual(actual: unknown, expected: unknown, what: string): void {
  const path = firstDifference(actual, expected, "");
  if (path === undefined) return;
  const wanted = brief(valueAt(expected, path));
  throw new ConformanceFailure(`${what}${path}: expected ${wanted}, got ${brief(valueAt(actual, path))}`);
}

/** Fails unless there is a number with `|actual - expected| <= tolerance * |expected|`. */
export function checkNumber(
  actual: number | undefined,
  expected: number,
  what: string,
  tolerance: number,
): void {
  check(actual !== undefined, `${what}: expected ${expected}, got none`);
  const error = Math.abs(actual - expected);
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

function valueAt(value: unknown, path: string): unknown {
  return path
    .split(".")
    .slice(1)
    .reduce<unknown>((nested, key) => (isNested(nested) ? nested[key] : undefined), value);
}

function brief(value: unknown): string {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}

/** `|actual - expected| / |expected|`; 0 where both are the same. */
export function relative(actual: number, expected: number): number {
  return actual === expected ? 0 : Math.abs(actual - expected) / Math.abs(expected);
}

/**
 * Fails unless a promise is rejected with an error of this `code`. Errors are recognised by code rather than by class,
 * so that a backend may have its own copy of the contract.
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
  throw new ConformanceFailure(`${what}: expected an error with code ${code}, got none`);
}
