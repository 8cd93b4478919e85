import { SpecError, UnknownNameError } from "../reading/errors.js";

/** The options behind the `?` of a model's name: `nin?mlpConvs=3&channels=3`. */
export class ModelOptions {
  readonly #values: ReadonlyMap<string, string>;
  readonly #known = new Set<string>();

  /** @throws `SpecError` for text that is not `name=value`, or a name given twice. */
  constructor(
    readonly model: string,
    query: string | undefined,
  ) {
    const values = new Map<string, string>();
    for (const part of query === undefined ? [] : query.split("&")) {
      const [name = "", value, ...rest] = part.split("=");
      if (name === "" || value === undefined || value === "" || rest.length > 0) {
        throw new SpecError(model, "options written name=value, joined by &", part);
      }
      const earlier = values.get(name);
      if (earlier !== undefined) throw new SpecError(`${model}?${name}`, "one value", [earlier, value]);
      values.set(name, value);
    }
    this.#values = values;
  }

  /** The options given, in the order of their names: part of the architecture's name. */
  get canonical(): string {
    const given = [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1));
    return given.length === 0 ? "" : `?${given.map(([name, value]) => `${name}=${value}`).join("&")}`;
  }

  integer(name: string, fallback: number, minimum: number, maximum: number): number {
    const text = this.#take(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
    throw new SpecError(`${this.model}?${name}`, `an integer from ${minimum} to ${maximum}`, text);
  }

  oneOf<const Value extends string>(name: string, values: readonly Value[], fallback: Value): Value {
    const text = this.#take(name);
    if (text === undefined) return fallback;
    const found = values.find((value) => value === text);
    if (found !== undefined) return found;
    throw new SpecError(`${this.model}?${name}`, `one of ${values.join(", ")}`, text);
  }

  /** @throws `SpecError` for an option that the model does not have. */
  end(): void {
    for (const name of this.#values.keys()) {
      if (!this.#known.has(name)) {
        throw new UnknownNameError(`${this.model}?${name}`, "option", name, [...this.#known]);
      }
    }
  }

  #take(name: string): string | undefined {
    this.#known.add(name);
    return this.#values.get(name);
  }
}
