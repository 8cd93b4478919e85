import { NinError } from "@nin/backend";
import { shownText, shownValue } from "@nin/spec";

/** What a case found: its message says what differed, where, by how much, and what was allowed. */
export class ConformanceFailure extends NinError {
  constructor(message: string, options?: ErrorOptions) {
    super("NIN_CONFORMANCE_FAILURE", message, options);
  }
}

/** A suite that was not called as it should be. */
export class ConformanceOptionError extends NinError {
  constructor(option: string, expected: string, given: string) {
    super("NIN_CONFORMANCE_OPTION", `${option}: expected ${expected}, got ${shownText(given)}`);
  }
}

/** A committed fixture that is not what the suite can read. */
export class FixtureError extends NinError {
  constructor(
    /** Where: `runs[2].losses[0]`. */
    readonly path: string,
    expected: string,
    given: unknown,
  ) {
    super("NIN_CONFORMANCE_FIXTURE", `${shownText(path)}: expected ${expected}, got ${shownValue(given)}`);
  }
}
