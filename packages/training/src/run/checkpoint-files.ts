import { join } from "node:path";
import { type FileSystem, syncFolder, writeSynced } from "@nin/files";
import { floatTensors, parseSafetensors, SafetensorsError, serializeSafetensors } from "@nin/safetensors";
import { modelMetadata, type NamedTensors } from "@nin/spec";
import type { Checkpoint } from "../record/checkpoint.js";
import { parseState, progressOf, type StateFile, sha256, stateText } from "./checkpoint-state.js";
import type { LoadedConfig } from "./config.js";
import { describeRun } from "./describe-run.js";
import { RunError } from "./errors.js";
import { bytesOf } from "./run-files.js";

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
    sha256: { [WEIGHTS]: sha256(weights), [OPTIMIZER]: sha256(optimizer) },
    configSha256,
  };
  return { [WEIGHTS]: weights, [OPTIMIZER]: optimizer, [STATE]: stateText(content) };
}

/** Writes the files into an existing folder and waits until they are on the disk. */
export async function writeCheckpointFiles(
  files: FileSystem,
  folder: string,
  content: CheckpointFiles,
): Promise<void> {
  for (const name of [WEIGHTS, OPTIMIZER, STATE] as const) {
    await writeSynced(files, join(folder, name), content[name]);
  }
  await syncFolder(files, folder);
}

/**
 * Reads a checkpoint whose `state.json` has been read.
 *
 * @throws RunError (`NIN_RUN_CORRUPT`, `NIN_RUN_READ`) when it is incomplete or damaged
 */
export async function readCheckpoint(
  files: FileSystem,
  folder: string,
  record: StateFile,
): Promise<Checkpoint> {
  const { step, sha256: hashes, environment } = record;
  const parameters = await readTensors(files, join(folder, WEIGHTS), hashes[WEIGHTS]);
  const optimizer = await readTensors(files, join(folder, OPTIMIZER), hashes[OPTIMIZER]);
  const state = { step, parameters, optimizer };
  const progress = progressOf(record);
  return { state, progress, ...(environment === undefined ? {} : { environment }) };
}

/** Reads the weights alone. Throws as `readCheckpoint` does. */
export function readWeights(files: FileSystem, folder: string, state: StateFile): Promise<NamedTensors> {
  return readTensors(files, join(folder, WEIGHTS), state.sha256[WEIGHTS]);
}

/** Reads and checks `state.json`. Throws as `readCheckpoint` does. */
export async function readState(files: FileSystem, folder: string): Promise<StateFile> {
  const path = join(folder, STATE);
  return parseState((await bytesOf(files, path, "record")).toString("utf8"), path);
}

async function readTensors(files: FileSystem, path: string, expected: string): Promise<NamedTensors> {
  const bytes = await bytesOf(files, path, "tensors");
  const found = sha256(bytes);
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
