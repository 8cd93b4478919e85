import { FileError, isSystemError, systemReason } from "@nin/files";
import { RunError, type RunErrorCode } from "../record/run-error.js";

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
