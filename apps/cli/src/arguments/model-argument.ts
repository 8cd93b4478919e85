import { looksLikePath } from "@nin/files";
import { type Architecture, builtinArchitecture, parseArchitecture, SpecError, shownText } from "@nin/spec";
import { UsageError } from "../errors/usage-error.js";
import { readJson } from "./json-file.js";

/**
 * The architecture that `<model>` names: a built-in with options, or a file.
 *
 * @throws `UsageError`, `SpecError`.
 */
export async function readModelArgument(text: string): Promise<Architecture> {
  if (!looksLikePath(text)) return builtinArchitecture(text);
  const json = await readJson(text, "architecture");
  try {
    return parseArchitecture(json);
  } catch (error) {
    if (error instanceof SpecError)
      throw new UsageError(`architecture ${shownText(text, 4096)}: ${error.message}`, { cause: error });
    throw error;
  }
}
