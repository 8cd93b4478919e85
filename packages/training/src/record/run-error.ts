import { NinError } from "@nin/backend";
import { shownText } from "@nin/spec";

/**
 * - `NIN_RUN_EXISTS`: the folder already contains a run
 * - `NIN_RUN_MISSING`: it contains none
 * - `NIN_RUN_LOCKED`: another process is training in it
 * - `NIN_RUN_WRITE`: it cannot be written (no permission, disk full)
 * - `NIN_RUN_READ`: it cannot be read
 * - `NIN_RUN_CORRUPT`: its contents are damaged
 * - `NIN_RUN_MISMATCH`: it belongs to another architecture or data set
 */
export type RunErrorCode =
  | "NIN_RUN_EXISTS"
  | "NIN_RUN_MISSING"
  | "NIN_RUN_LOCKED"
  | "NIN_RUN_WRITE"
  | "NIN_RUN_READ"
  | "NIN_RUN_CORRUPT"
  | "NIN_RUN_MISMATCH";

/** A run folder cannot be used as requested, because of its contents or the file system; never a bug. */
export class RunError extends NinError {
  constructor(
    code: RunErrorCode,
    /** The file or folder. */
    readonly path: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(code, `${shownText(path, 4096)}: ${problem}`, options);
  }
}
