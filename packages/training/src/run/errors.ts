import { NinError } from "@nin/backend";
import { FileError, isSystemError, systemReason } from "@nin/files";
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

/** Runs `work`, which writes at `path`; an error of the file system becomes `NIN_RUN_WRITE`. */
export function writing<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  return naming("NIN_RUN_WRITE", "cannot be written", path, work);
}

/** Runs `work`, which reads at `path`; an error of the file system becomes `NIN_RUN_READ`. */
export function reading<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  return naming("NIN_RUN_READ", "cannot be read", path, work);
}

async function naming<Result>(
  code: RunErrorCode,
  problem: string,
  path: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FileError) throw new RunError(code, path, error.problem, { cause: error });
    if (!isSystemError(error)) throw error;
    throw new RunError(code, path, `${problem}: ${systemReason(error)}`, { cause: error });
  }
}
