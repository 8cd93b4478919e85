import type { Size2d } from "../layers/layer-kind.js";
import { MissingFieldError, SpecError, UnknownNameError } from "./errors.js";
import { shownText, shownValue } from "./shown.js";

/** The largest integer a field may hold: exact in float32. */
export const MAX_INTEGER = 2 ** 24;

/** How many layers a network may have, those inside blocks counted. */
export const MAX_LAYERS = 100_000;

/**
 * Reads the fields of one object that came from outside, a file's JSON for instance, and says by its path which one is
 * not what it should be. `end` refuses those it was never asked for.
 *
 * @throws `SpecError`, as every method does.
 */
export class FieldReader {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #known = new Set<string>();
  readonly #ignored = new Set<string>();

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

  /** Lets a field be there, whatever it holds: `$schema`, which is for editors. */
  ignore(name: string): void {
    this.#ignored.add(name);
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

  /** What `read` makes of each item, which is an object; at most so many. */
  list<Item>(name: string, maxItems: number, read: (fields: FieldReader) => Item): readonly Item[] {
    // Not `map`, which passes over the holes of an array.
    return Array.from(this.array(name, maxItems), (item, index) =>
      read(new FieldReader(item, `${this.pathOf(name)}[${index}]`)),
    );
  }

  /** What `read` makes of a field, as a field where it is there; nothing to spread where it is not. */
  optional<const Name extends string, Value>(
    name: Name,
    read: () => Value,
  ): { readonly [Key in Name]?: Value } {
    return this.raw(name) === undefined ? {} : ({ [name]: read() } as { readonly [Key in Name]: Value });
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

  /** A string, an empty one too. */
  text(name: string): string {
    const value = this.raw(name);
    return typeof value === "string" ? value : this.fail(name, "a string");
  }

  texts(name: string, maxItems: number): readonly string[] {
    return Array.from(this.array(name, maxItems), (item, index) => {
      if (typeof item === "string") return item;
      throw new SpecError(`${this.pathOf(name)}[${index}]`, "a string", item);
    });
  }

  /** An object whose values are strings, by any names. */
  textMap(name: string): Readonly<Record<string, string>> {
    const fields = this.object(name);
    return Object.fromEntries(fields.names().map((key) => [key, fields.text(key)]));
  }

  /** @throws `SpecError` when two entries of a list go by one name. */
  requireOneEach(name: string, names: readonly string[]): void {
    const seen = new Set<string>();
    for (const own of names) {
      const path = this.pathOf(name);
      const message = `${shownText(path)}: expected each one once, got ${shownValue(own)} twice`;
      if (seen.has(own)) throw new SpecError(path, "each one once", own, message);
      seen.add(own);
    }
  }

  names(): readonly string[] {
    return Object.keys(this.#fields);
  }

  boolean(name: string, fallback?: boolean): boolean {
    const value = this.raw(name);
    if (value === undefined && fallback !== undefined) return fallback;
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

  /** @throws `SpecError` when the object has a field that was never read. */
  end(): void {
    for (const name of Object.keys(this.#fields)) {
      if (!this.#known.has(name) && !this.#ignored.has(name))
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
