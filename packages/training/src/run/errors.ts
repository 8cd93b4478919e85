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

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk quota is used up",
  EEXIST: "there is a file of that name",
  EISDIR: "it is a folder",
  ENOENT: "there is no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "part of the path is not a folder",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
};

/** Runs what writes at `path`; what the file system refuses becomes `NIN_RUN_WRITE`. */
export async function writing<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const problem = `cannot be written: ${REASONS[error.code] ?? error.message}`;
    throw new RunError("NIN_RUN_WRITE", path, problem, { cause: error });
  }
}

/** Runs what reads at `path`; what the file system refuses becomes `NIN_RUN_READ`. */
export async function reading<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const problem = `cannot be read: ${REASONS[error.code] ?? error.message}`;
    throw new RunError("NIN_RUN_READ", path, problem, { cause: error });
  }
}

export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return (
    error instanceof Error && "syscall" in error && typeof (error as { code?: unknown }).code === "string"
  );
}
