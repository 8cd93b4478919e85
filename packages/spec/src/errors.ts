import { shownText, shownValue } from "./shown.js";

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
    message: string = `${path}: expected ${expected}, got ${shownValue(given)}`,
  ) {
    super(message);
    this.name = "SpecError";
  }
}

/** A field or an option of a name that means nothing there. */
export class UnknownNameError extends SpecError {
  constructor(path: string, what: "field" | "option", known: readonly string[]) {
    const expected = `one of ${known.join(", ")}`;
    super(path, expected, what, `${shownText(path)}: unknown ${what}; expected ${expected}`);
  }
}
