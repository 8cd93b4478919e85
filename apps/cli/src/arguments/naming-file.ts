import { NinError } from "@nin/backend";
import { UsageError } from "../errors/usage-error.js";

/** Says which file it is when a model refuses what was read from it: `NIN_PARAMETER` or `NIN_BATCH`. */
export async function namingFile<Result>(
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
