import { nearestName } from "./nearest-name.js";
import { shownNames, shownText, shownValue } from "./shown.js";

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
    message: string = `${shownText(path)}: expected ${expected}, got ${shownValue(given)}`,
  ) {
    super(message);
    this.name = "SpecError";
  }
}

/** A field or an option of a name that means nothing there. */
export class UnknownNameError extends SpecError {
  constructor(path: string, what: "field" | "option", name: string, known: readonly string[]) {
    const expected = `one of ${shownNames(known)}`;
    const nearest = nearestName(name, known);
    const hint = nearest === undefined ? "" : `; did you mean ${nearest}?`;
    super(path, expected, name, `${shownText(path)}: unknown ${what}; expected ${expected}${hint}`);
  }
}

/** A field that must be there and is not; where another field may be meant to be it, that one is named. */
export class MissingFieldError extends SpecError {
  constructor(path: string, expected: string, name: string, found: readonly string[]) {
    const nearest = nearestName(name, found);
    const others = found.length === 0 ? "" : `; other fields there are ${shownNames(found)}`;
    const hint = nearest === undefined ? others : `; is ${shownValue(nearest)} a misspelling of it?`;
    super(path, expected, undefined, `${shownText(path)}: expected ${expected}, got nothing${hint}`);
  }
}
