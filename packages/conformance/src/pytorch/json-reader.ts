import { FixtureError } from "../case/failure.js";

/**
 * A value of parsed JSON, with its path.
 *
 * @throws FixtureError that names the path, from every method
 */
export class JsonReader {
  constructor(
    readonly value: unknown,
    /** `runs[2].losses`; empty for the root. */
    readonly path: string = "",
  ) {}

  field(name: string): JsonReader {
    return new JsonReader(this.#object()[name], this.path === "" ? name : `${this.path}.${name}`);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object(), name);
  }

  array(): readonly JsonReader[] {
    if (!Array.isArray(this.value)) this.fail("an array");
    return this.value.map((item: unknown, index) => new JsonReader(item, `${this.path}[${index}]`));
  }

  numbers(): readonly number[] {
    return this.array().map((item) => item.number());
  }

  /** The fields of an object, each read by `read`. */
  map<Value>(read: (field: JsonReader) => Value): ReadonlyMap<string, Value> {
    return new Map(Object.keys(this.#object()).map((name) => [name, read(this.field(name))]));
  }

  number(): number {
    if (typeof this.value === "number" && Number.isFinite(this.value)) return this.value;
    return this.fail("a finite number");
  }

  notNegative(): number {
    const value = this.number();
    return value >= 0 ? value : this.fail("a number of at least 0");
  }

  wholeNumber(least: number): number {
    if (Number.isSafeInteger(this.value) && this.number() >= least) return this.number();
    return this.fail(`a whole number of at least ${least}`);
  }

  string(): string {
    return typeof this.value === "string" && this.value !== "" ? this.value : this.fail("a non-empty string");
  }

  oneOf<const Value extends string | number>(...values: readonly Value[]): Value {
    const found = values.find((value) => value === this.value);
    return found ?? this.fail(values.map((value) => JSON.stringify(value)).join(" or "));
  }

  /** Reads the value by another parser, whose errors are reported under this path. */
  parsed<Value>(parse: (value: unknown) => Value): Value {
    try {
      return parse(this.value);
    } catch (error) {
      return this.fail(`a valid value (${error instanceof Error ? error.message : String(error)})`);
    }
  }

  fail(expected: string): never {
    throw new FixtureError(this.path || "(root)", expected, this.value);
  }

  #object(): Readonly<Record<string, unknown>> {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value)) {
      return this.fail("an object");
    }
    return this.value as Readonly<Record<string, unknown>>;
  }
}
