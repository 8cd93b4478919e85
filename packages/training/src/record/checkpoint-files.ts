import { floatTensors, parseSafetensors, SafetensorsError, serializeSafetensors } from "@nin/safetensors";
import { modelMetadata, type NamedTensors } from "@nin/spec";
import type { Checkpoint } from "./checkpoint.js";
import type { LoadedConfig } from "./config.js";
import { describeRun } from "./describe-run.js";
import { RunError } from "./run-error.js";
import { type CreateSha256, sha256Of } from "./sha256.js";
import { progressOf, type StateFile, stateText } from "./state-file.js";

export const WEIGHTS = "weights.safetensors";
export const OPTIMIZER = "optimizer.safetensors";
export const STATE = "state.json";

/** The files of a checkpoint, by name. */
export interface CheckpointFiles {
  readonly [WEIGHTS]: Uint8Array;
  readonly [OPTIMIZER]: Uint8Array;
  readonly [STATE]: string;
}

/**
 * The contents of a checkpoint's files. The weights describe their network, so that they are enough by themselves.
 *
 * @param run - the settings that the checkpoint belongs to
 */
export function checkpointFiles(
  { state, progress, environment }: Checkpoint,
  { config, sha256: configSha256 }: Pick<LoadedConfig, "config" | "sha256">,
  createSha256: CreateSha256,
): CheckpointFiles {
  const weights = serializeSafetensors(state.parameters, modelMetadata(describeRun(config)));
  const optimizer = serializeSafetensors(state.optimizer);
  const content: StateFile = {
    format: "nin-checkpoint",
    version: 1,
    step: state.step,
    epoch: progress.epoch,
    position: progress.position,
    lossSum: progress.lossSum,
    images: progress.count,
    elapsedMs: progress.elapsedMs,
    epochs: progress.epochs,
    ...(progress.selection && { selection: progress.selection }),
    ...(progress.warnings && { warnings: progress.warnings }),
    ...(environment === undefined ? {} : { environment }),
    sha256: {
      [WEIGHTS]: sha256Of(weights, createSha256),
      [OPTIMIZER]: sha256Of(optimizer, createSha256),
    },
    configSha256,
  };
  return { [WEIGHTS]: weights, [OPTIMIZER]: optimizer, [STATE]: stateText(content, createSha256) };
}

/** The checkpoint that its files hold; `record` is its `state.json`, whose hashes those of the tensors must be. */
export function checkpointOf(
  record: StateFile,
  tensors: { readonly parameters: NamedTensors; readonly optimizer: NamedTensors },
): Checkpoint {
  const { step, environment } = record;
  const state = { step, ...tensors };
  return { state, progress: progressOf(record), ...(environment === undefined ? {} : { environment }) };
}

/**
 * The tensors of a checkpoint's file.
 *
 * @param expected - the file's hash
 * @throws RunError (`NIN_RUN_CORRUPT`)
 */
export function checkpointTensors(
  bytes: Uint8Array,
  path: string,
  expected: string,
  createSha256: CreateSha256,
): NamedTensors {
  const found = sha256Of(bytes, createSha256);
  if (found !== expected) {
    throw new RunError("NIN_RUN_CORRUPT", path, `damaged: expected SHA-256 ${expected}, found ${found}`);
  }
  try {
    return floatTensors(parseSafetensors(bytes, path), path);
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new RunError("NIN_RUN_CORRUPT", path, error.message, { cause: error });
  }
}

/** @throws RunError (`NIN_RUN_CORRUPT`) when `config.json` is not the one that a checkpoint was saved with */
export function requireSameConfig({ step, configSha256 }: StateFile, { path, sha256 }: LoadedConfig): void {
  if (configSha256 === undefined || configSha256 === sha256) return;
  const problem = `changed since the checkpoint of step ${step} was saved (expected SHA-256 ${configSha256}, found ${sha256}): the run would go on as another one. Put the file back as it was, or begin a new run`;
  throw new RunError("NIN_RUN_CORRUPT", path, problem);
}
