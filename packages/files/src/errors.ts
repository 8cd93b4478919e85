import { NinError } from "@nin/backend";
import { shownText } from "@nin/spec";

/**
 * - `NIN_FILE_MISSING`: there is no such file
 * - `NIN_FILE_KIND`: it is not the kind of file expected (a folder, a device)
 * - `NIN_FILE_SIZE`: it is larger than such a file may be
 * - `NIN_FILE_READ`, `NIN_FILE_WRITE`: the file system reported an error
 */
export type FileErrorCode =
  | "NIN_FILE_MISSING"
  | "NIN_FILE_KIND"
  | "NIN_FILE_SIZE"
  | "NIN_FILE_READ"
  | "NIN_FILE_WRITE";

/** A file cannot be read or written. */
export class FileError extends NinError {
  constructor(
    code: FileErrorCode,
    readonly path: string,
    /** The message without the path. */
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(code, `${shownText(path, 4096)}: ${problem}`, options);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "it is in use",
  EDQUOT: "the disk quota is used up",
  EEXIST: "there is a file of that name",
  EFBIG: "it would be larger than this process may write",
  EISDIR: "it is a folder",
  ELOOP: "its symbolic links lead in a circle",
  EMFILE: "this process has too many files open",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "there is no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "part of the path is not a folder",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ERR_INVALID_ARG_VALUE: "a path cannot contain a null character",
};

/** The reason for an error of the file system, as text. */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error)) return shownText(String(error));
  const { code } = error as NodeJS.ErrnoException;
  const reason = code === undefined ? undefined : REASONS[code];
  return reason === undefined ? shownText(error.message) : reason;
}

/** Whether an error comes from the file system, not from a mistake in the program. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  if (!(error instanceof Error) || typeof (error as { code?: unknown }).code !== "string") return false;
  return "syscall" in error || (error as { code?: unknown }).code === "ERR_INVALID_ARG_VALUE";
}

/** A module that runs in a thread or process of its own is not part of a bundle, and is not installed where that runs. */
export class BundledModuleError extends NinError {
  constructor(specifier: string, bundle: string) {
    const name = specifier.split("/").slice(0, 2).join("/");
    super(
      "NIN_BUNDLED_MODULE",
      `${specifier} was not found from ${bundle}, a bundle, which cannot hold what runs in a thread or process of ` +
        `its own; install ${name} where the bundle runs, or mark it as external (esbuild: --external:${name})`,
    );
  }
}

/** A package that is needed here and that the user installs, as an optional peer dependency, is not installed. */
export class MissingPackageError extends NinError {
  constructor(
    /** The package's name. */
    readonly packageName: string,
    install: string,
    options?: ErrorOptions,
  ) {
    super(
      "NIN_MISSING_PACKAGE",
      `${packageName} is not installed; install it with \`npm install ${install}\``,
      options,
    );
  }
}
