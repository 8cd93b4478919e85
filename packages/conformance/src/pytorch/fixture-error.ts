import { NinError } from "@nin/backend";
import { shownText, shownValue } from "@nin/spec";

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
