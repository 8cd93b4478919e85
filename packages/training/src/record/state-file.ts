import { present } from "@nin/spec";
import type { Progress, SelectionState, WarningCounters } from "./checkpoint.js";
import { isEpochMetrics } from "./metrics.js";
import { parseObject } from "./parse-object.js";
import { RunError } from "./run-error.js";
import { type CreateSha256, sha256Of } from "./sha256.js";

/** `state.json` of a checkpoint. */
export interface StateFile extends Omit<Progress, "count"> {
  /** `count` of the progress. */
  readonly images: number;
  readonly format: "nin-checkpoint";
  readonly version: 1;
  readonly step: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Hashes of the other files. */
  readonly sha256: { readonly "weights.safetensors": string; readonly "optimizer.safetensors": string };
  /** Hash of the run's `config.json`. Missing in checkpoints of earlier versions. */
  readonly configSha256?: string;
}

/**
 * The last field: the hash of the file's own text, computed with an empty string as this field. Missing in checkpoints of
 * earlier versions.
 */
const OWN_HASH = "stateSha256";
const OWN_HASH_FIELD = new RegExp(`,\n {2}"${OWN_HASH}": "([0-9a-f]{64})"\n}\n$`);

const COUNTS = ["step", "epoch", "position", "images"] as const;
const NUMBERS = ["lossSum", "elapsedMs"] as const;
const HASHES = ["weights.safetensors", "optimizer.safetensors"] as const;
/** The fields of a file without its own hash. Any other field means that the hash's name was damaged. */
const WITHOUT_HASH: readonly string[] = [
  ...["format", "version", ...COUNTS, ...NUMBERS],
  ...["epochs", "sha256"],
];

/** The progress that a `state.json` records. */
export function progressOf(state: StateFile): Progress {
  const { epoch, position, lossSum, images, elapsedMs, epochs, selection, warnings } = state;
  return {
    ...{ epoch, position, lossSum, count: images, elapsedMs, epochs },
    ...(selection && { selection }),
    ...(warnings && { warnings }),
  };
}

/** The text of `state.json`, with its own hash. */
export function stateText(state: StateFile, createSha256: CreateSha256): string {
  const unsealed = `${JSON.stringify({ ...state, [OWN_HASH]: "" }, undefined, 2)}\n`;
  return unsealed.replace(/""\n}\n$/, () => `"${sha256Of(unsealed, createSha256)}"\n}\n`);
}

/** @throws RunError (`NIN_RUN_CORRUPT`) */
export function parseState(text: string, path: string, createSha256: CreateSha256): StateFile {
  const { [OWN_HASH]: ownHash, ...state } = parseObject(text, path);
  const require = (holds: boolean, expected: string): void => {
    if (!holds) throw new RunError("NIN_RUN_CORRUPT", path, `damaged: expected ${expected}`);
  };
  if (ownHash === undefined) {
    const unknown = Object.keys(state).find((name) => !WITHOUT_HASH.includes(name));
    require(unknown === undefined, `its own hash, as it has ${unknown}`);
  } else {
    require(isSealed(text, createSha256), `its text to have the SHA-256 that ${OWN_HASH} says`);
  }
  require(state.format === "nin-checkpoint" && state.version === 1, "format nin-checkpoint, version 1");
  for (const name of COUNTS) require(isCount(state[name]), `${name}: an integer of at least 0`);
  for (const name of NUMBERS) require(Number.isFinite(state[name]), `${name}: a number`);
  const { epochs, environment, configSha256, selection, warnings } = state;
  require(Array.isArray(epochs) && epochs.every(isEpochMetrics), "epochs: an array of their metrics");
  require(environment === undefined || isTexts(environment), "environment: texts by name");
  require(configSha256 === undefined || typeof configSha256 === "string", "configSha256: a hash");
  require(selection === undefined ||
    isSelection(selection), "selection: what is remembered of validation scores");
  require(warnings === undefined || areCounters(warnings), "warnings: their counters");
  const hashes = state.sha256 as Record<string, unknown> | null | undefined;
  for (const name of HASHES) require(typeof hashes?.[name] === "string", `sha256: the hash of ${name}`);
  return state as unknown as StateFile;
}

function isSealed(text: string, createSha256: CreateSha256): boolean {
  const match = OWN_HASH_FIELD.exec(text);
  if (match === null) return false;
  const [field, hash] = [match[0], present(match[1])];
  const unsealed = text.slice(0, -field.length) + field.replace(hash, "");
  return sha256Of(unsealed, createSha256) === hash;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTexts(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((text) => typeof text === "string")
  );
}

function isSelection(value: unknown): value is SelectionState {
  if (!isObject(value)) return false;
  const { best, plateau, earlyStopping } = value;
  const isBest = isObject(best) && isCount(best.epoch) && isCount(best.step) && Number.isFinite(best.value);
  const isPlateau = plateau === undefined || (isPatience(plateau) && isCount(plateau.reductions));
  return isBest && isPlateau && (earlyStopping === undefined || isPatience(earlyStopping));
}

function isPatience(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && Number.isFinite(value.best) && isCount(value.badEpochs);
}

function areCounters(value: unknown): value is WarningCounters {
  if (!isObject(value)) return false;
  const { plateauSteps, blocks, evaluatedStep, unpredicted } = value;
  return (
    isCount(plateauSteps) &&
    isCount(evaluatedStep) &&
    isObject(blocks) &&
    Number.isFinite(blocks.sum) &&
    isCount(blocks.count) &&
    (blocks.lowest === null || Number.isFinite(blocks.lowest)) &&
    typeof blocks.reported === "boolean" &&
    Array.isArray(unpredicted) &&
    unpredicted.every(
      (each) =>
        isObject(each) &&
        isCount(each.label) &&
        isCount(each.sinceStep) &&
        typeof each.reported === "boolean",
    )
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
