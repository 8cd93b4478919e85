import { NinError } from "@nin/backend";
import { shownText } from "@nin/spec";

/** The longest path there is. Units: characters. */
const MAX_PATH_LENGTH = 4096;

/**
 * - `NIN_DATA`: the data is damaged or inconsistent
 * - `NIN_DATA_MISSING`: it was not found
 * - `NIN_DATA_DOWNLOAD`: it could not be downloaded
 * - `NIN_DATA_CACHE`: the cache cannot be written
 * - `NIN_DATA_OPTION`: an argument is invalid
 */
export type DataErrorCode =
  | "NIN_DATA"
  | "NIN_DATA_MISSING"
  | "NIN_DATA_DOWNLOAD"
  | "NIN_DATA_CACHE"
  | "NIN_DATA_OPTION";

/** Images or labels cannot be used. The message names the file, what was expected and what was found. */
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
      `${shownText(file, MAX_PATH_LENGTH)}: expected ${expected}, found ${found}`,
      options,
    );
  }
}
