import { MissingFieldError, SpecError, UnknownNameError } from "./errors.js";
import type { Size2d } from "./layers/layer-kind.js";

/** The largest integer a field may hold: exact in float32. */
export const MAX_INTEGER = 2 ** 24;

/** How many layers a network may have, those inside blocks counted. */
export const MAX_LAYERS = 100_000;

/** Reads the fields of one JSON object and refuses those it was never asked for. */
export class FieldReader {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #known = new Set<string>();

  constructor(
    value: unknown,
    /** Path of the object, or "" for the root. */
    readonly path: string,
  ) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new SpecError(path || "(root)", "an object", value);
    }
    this.#fields = value as Record<string, unknown>;
  }

  pathOf(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }

  raw(name: string): unknown {
    this.#known.add(name);
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }

  fail(name: string, expected: string): never {
    const value = this.raw(name);
    if (value !== undefined) throw new SpecError(this.pathOf(name), expected, value);
    const others = Object.keys(this.#fields).filter((other) => !this.#known.has(other));
    throw new MissingFieldError(this.pathOf(name), expected, name, others);
  }

  object(name: string): FieldReader {
    const value = this.raw(name);
    return value === undefined ? this.fail(name, "an object") : new FieldReader(value, this.pathOf(name));
  }

  /** An array of at most so many items. */
  array(name: string, maxItems: number): readonly unknown[] {
    const value = this.raw(name);
    if (!Array.isArray(value)) return this.fail(name, "an array");
    if (value.length <= maxItems) return value;
    throw new SpecError(this.pathOf(name), `at most ${maxItems} items`, value.length);
  }

  literal<const Value extends string | number>(name: string, expected: Value): Value {
    return this.raw(name) === expected ? expected : this.fail(name, JSON.stringify(expected));
  }

  oneOf<const Value extends string>(name: string, values: readonly Value[], fallback?: Value): Value {
    const value = this.raw(name);
    if (value === undefined && fallback !== undefined) return fallback;
    const found = values.find((candidate) => candidate === value);
    return found ?? this.fail(name, oneOf(values));
  }

  string(name: string): string {
    const value = this.raw(name);
    return typeof value === "string" && value !== "" ? value : this.fail(name, "a non-empty string");
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.raw(name);
    if (value === undefined) return fallback;
    return typeof value === "boolean" ? value : this.fail(name, "true or false");
  }

  /** A finite number in [minimum, maximum], or (minimum, ...] and so on as `accepts` says. */
  number(name: string, expected: string, accepts: (value: number) => boolean, fallback?: number): number {
    const value = this.raw(name);
    if (value === undefined && fallback !== undefined) return fallback;
    return typeof value === "number" && Number.isFinite(value) && accepts(value)
      ? value
      : this.fail(name, expected);
  }

  positiveInteger(name: string, fallback?: number): number {
    return this.number(name, "a positive integer", isPositiveInteger, fallback);
  }

  /** A positive integer or [height, width]. */
  size(name: string, fallback?: Size2d): Size2d {
    return this.#pair(name, "a positive integer or [height, width]", isPositiveInteger, fallback);
  }

  /** A non-negative integer or [vertical, horizontal]. */
  padding(name: string): Size2d {
    const accepts = (value: unknown): value is number => value === 0 || isPositiveInteger(value);
    return this.#pair(name, "a non-negative integer or [vertical, horizontal]", accepts, [0, 0]);
  }

  /** Throws: `SpecError` when the object has a field that was never read. */
  end(): void {
    for (const name of Object.keys(this.#fields)) {
      if (!this.#known.has(name))
        throw new UnknownNameError(this.pathOf(name), "field", name, [...this.#known]);
    }
  }

  #pair(
    name: string,
    expected: string,
    accepts: (value: unknown) => value is number,
    fallback?: Size2d,
  ): Size2d {
    const value = this.raw(name);
    if (value === undefined && fallback !== undefined) return fallback;
    if (accepts(value)) return [value, value];
    if (Array.isArray(value) && value.length === 2 && accepts(value[0]) && accepts(value[1])) {
      return [value[0], value[1]];
    }
    return this.fail(name, expected);
  }
}

/** The names that a field may hold, for a message. */
export function oneOf(values: readonly string[]): string {
  return `one of ${values.map((value) => JSON.stringify(value)).join(", ")}`;
}

export function isPositiveInteger(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_INTEGER;
}
