import { NinError } from "@nin/backend";
import { FileError, isSystemError, systemReason } from "@nin/files";
import { shownText } from "@nin/spec";

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
    super(code, `${shownText(path, 4096)}: ${problem}`, options);
  }
}

/** Runs what writes at `path`; what the file system refuses becomes `NIN_RUN_WRITE`. */
export function writing<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  return naming("NIN_RUN_WRITE", "cannot be written", path, work);
}

/** Runs what reads at `path`; what the file system refuses becomes `NIN_RUN_READ`. */
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
