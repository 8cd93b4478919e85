import { NinError } from "@nin/backend";
import { shownText } from "@nin/spec";

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
