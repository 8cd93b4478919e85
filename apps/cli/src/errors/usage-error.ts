import { NinError } from "@nin/backend";

/** A command that was used wrongly, or was given bad input. */
export class UsageError extends NinError {
  constructor(message: string, options?: ErrorOptions) {
    super("NIN_USAGE", message, options);
  }
}

/**
 * Runs `use`; an error about values that were read from a file then names the file.
 *
 * @param path - the file
 * @param code - the code of those errors: `NIN_PARAMETER` or `NIN_BATCH`
 * @throws `UsageError` with the file's name for an error of that code; any other error as it is
 */
export async function withFileInErrors<Result>(
  path: string,
  code: "NIN_PARAMETER" | "NIN_BATCH",
  use: () => Promise<Result>,
): Promise<Result> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof NinError) || error.code !== code) throw error;
    throw new UsageError(`${path}: ${error.message}`, { cause: error });
  }
}
