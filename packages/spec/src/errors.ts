/**
 * An architecture, recipe or model name that is not valid.
 *
 * The message names the path of the field, what was expected and what was given.
 */
export class SpecError extends Error {
  readonly code: string = "NIN_SPEC";

  constructor(
    /** Where: `layers[3].kernelSize`, `optimizer.learningRate`. */
    readonly path: string,
    expected: string,
    given: unknown,
  ) {
    super(`${path}: expected ${expected}, got ${describe(given)}`);
    this.name = "SpecError";
  }
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
