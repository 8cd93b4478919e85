import { NinError } from "@nin/backend";

/**
 * `NIN_RUN_EXISTS` the folder already holds a run, `NIN_RUN_MISSING` it holds none,
 * `NIN_RUN_LOCKED` another process is training in it, `NIN_RUN_WRITE` it cannot be written (no
 * right, disk full), `NIN_RUN_READ` it cannot be read, `NIN_RUN_CORRUPT` what is in it is damaged,
 * `NIN_RUN_MISMATCH` it is of another architecture or data.
 */
export type RunErrorCode =
  | "NIN_RUN_EXISTS"
  | "NIN_RUN_MISSING"
  | "NIN_RUN_LOCKED"
  | "NIN_RUN_WRITE"
  | "NIN_RUN_READ"
  | "NIN_RUN_CORRUPT"
  | "NIN_RUN_MISMATCH";

/** A run folder that cannot be used as asked. Bad input or surroundings, never a bug. */
export class RunError extends NinError {
  constructor(
    code: RunErrorCode,
    /** The file or folder. */
    readonly path: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(code, `${path}: ${problem}`, options);
  }
}
