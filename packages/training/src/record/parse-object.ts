import { JsonError, parseJson } from "@nin/spec";
import { RunError } from "./run-error.js";

/**
 * Reads a JSON object of a run.
 *
 * @param path - for messages
 * @throws RunError (`NIN_RUN_CORRUPT`)
 */
export function parseObject(text: string, path: string): Readonly<Record<string, unknown>> {
  let problem = "";
  try {
    const value = parseJson(text, path);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    problem = ` (${error.message.replace(`${path}: `, "")})`;
  }
  throw new RunError("NIN_RUN_CORRUPT", path, `damaged: expected a JSON object${problem}`);
}
