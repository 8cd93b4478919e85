import type { Progress } from "../checkpoint.js";
import { RunError } from "./errors.js";

/** `state.json` of a checkpoint. */
export interface StateFile extends Progress {
  readonly format: "nin-checkpoint";
  readonly version: 1;
  readonly step: number;
  /** Of the files beside it. */
  readonly sha256: { readonly "weights.safetensors": string; readonly "optimizer.safetensors": string };
}

const COUNTS = ["step", "epoch", "position", "images"] as const;
const NUMBERS = ["lossSum", "elapsedMs"] as const;
const HASHES = ["weights.safetensors", "optimizer.safetensors"] as const;

/** Throws: `RunError` (`NIN_RUN_CORRUPT`). */
export function parseState(text: string, path: string): StateFile {
  const state = parseObject(text, path);
  const require = (holds: boolean, expected: string): void => {
    if (!holds) throw new RunError("NIN_RUN_CORRUPT", path, `expected ${expected}`);
  };
  require(state.format === "nin-checkpoint" && state.version === 1, "format nin-checkpoint, version 1");
  for (const name of COUNTS) require(isCount(state[name]), `${name}: an integer of at least 0`);
  for (const name of NUMBERS) require(Number.isFinite(state[name]), `${name}: a number`);
  require(Array.isArray(state.epochs), "epochs: an array");
  const hashes = state.sha256 as Record<string, unknown> | null | undefined;
  for (const name of HASHES) require(typeof hashes?.[name] === "string", `sha256: the hash of ${name}`);
  return state as unknown as StateFile;
}

export function parseObject(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // The same error as for another value.
  }
  throw new RunError("NIN_RUN_CORRUPT", path, "damaged: expected a JSON object");
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
