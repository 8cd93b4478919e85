import { NinError } from "@nin/backend";
import { shownText, shownValue } from "@nin/spec";

/** What a case found: its message says what differed, where, by how much, and what was allowed. */
export class ConformanceFailure extends NinError {
  constructor(message: string, options?: ErrorOptions) {
    super("NIN_CONFORMANCE_FAILURE", message, options);
  }
}

/** An option of the suite that it cannot use. */
export class ConformanceOptionError extends NinError {
  constructor(option: string, expected: string, given: string) {
    super("NIN_CONFORMANCE_OPTION", `${option}: expected ${expected}, got ${shownText(given)}`);
  }
}

/** A committed fixture that the suite cannot read. */
export class FixtureError extends NinError {
  constructor(
    /** The place in the file: `runs[2].losses[0]`. */
    readonly path: string,
    expected: string,
    given: unknown,
  ) {
    super("NIN_CONFORMANCE_FIXTURE", `${shownText(path)}: expected ${expected}, got ${shownValue(given)}`);
  }
}
