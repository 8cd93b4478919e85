import { NinError } from "@nin/backend";
import { shownText } from "@nin/spec";

/** As long as a path may be. */
const SHOWN_PATH = 4096;

/**
 * What went wrong with the data: `NIN_DATA` it is damaged or does not fit together,
 * `NIN_DATA_MISSING` it is not there, `NIN_DATA_DOWNLOAD` it could not be downloaded,
 * `NIN_DATA_CACHE` the cache cannot be written, `NIN_DATA_OPTION` a wrong argument.
 */
export type DataErrorCode =
  | "NIN_DATA"
  | "NIN_DATA_MISSING"
  | "NIN_DATA_DOWNLOAD"
  | "NIN_DATA_CACHE"
  | "NIN_DATA_OPTION";

/** Images or labels that cannot be used: names the file, what was expected and what was found. */
export class DataError extends NinError {
  constructor(
    /** The file, folder or argument. */
    readonly file: string,
    expected: string,
    found: string,
    options: ErrorOptions & { readonly code?: DataErrorCode } = {},
  ) {
    super(
      options.code ?? "NIN_DATA",
      `${shownText(file, SHOWN_PATH)}: expected ${expected}, found ${found}`,
      options,
    );
  }
}
