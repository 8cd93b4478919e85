import { NinError } from "@nin/backend";

/** A committed fixture that is not what the suite can read. */
export class FixtureError extends NinError {
  constructor(
    /** Where: `runs[2].losses[0]`. */
    readonly path: string,
    expected: string,
    given: unknown,
  ) {
    super("NIN_CONFORMANCE_FIXTURE", `${path}: expected ${expected}, got ${brief(given)}`);
  }
}

function brief(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
