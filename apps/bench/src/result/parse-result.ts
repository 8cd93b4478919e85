import { readFile } from "node:fs/promises";
import { BenchError } from "../errors.js";
import type { BenchResult } from "./format.js";

/** Lists that every result has. */
const LISTS = ["contestants", "ceilings", "cases", "layers", "accuracy", "notMeasured"] as const;

/** Reads a result. Throws: `BenchError` for a file that is none, or of another version. */
export async function readResult(path: string): Promise<BenchResult> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new BenchError(`${path}: cannot be read: ${error.message}`, "NIN_BENCH_FILE", { cause: error });
  });
  return parseResult(text, path);
}

/** Throws: `BenchError`. */
export function parseResult(text: string, path: string): BenchResult {
  const json = parsed(text, path) as Partial<BenchResult> | null;
  if (json?.format !== "nin-bench")
    throw new BenchError(`${path}: expected the format nin-bench`, "NIN_BENCH_FILE");
  if (json.version !== 1) {
    throw new BenchError(`${path}: expected version 1, got ${String(json.version)}`, "NIN_BENCH_FILE");
  }
  const missing = LISTS.find((list) => !Array.isArray(json[list]));
  if (missing !== undefined) throw new BenchError(`${path}: ${missing}: expected a list`, "NIN_BENCH_FILE");
  return json as BenchResult;
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BenchError(`${path}: expected JSON: ${reason}`, "NIN_BENCH_FILE", { cause: error });
  }
}
