import { createHash } from "node:crypto";
import { join } from "node:path";
import { floatTensors, parseSafetensors, SafetensorsError, serializeSafetensors } from "@nin/safetensors";
import type { Parameters } from "@nin/spec";
import type { Checkpoint } from "../checkpoint.js";
import { parseState, type StateFile } from "./checkpoint-state.js";
import { RunError, reading } from "./errors.js";
import { type FileSystem, syncFolder, writeSynced } from "./file-system.js";

export const WEIGHTS = "weights.safetensors";
export const OPTIMIZER = "optimizer.safetensors";
export const STATE = "state.json";

/** The files of a checkpoint, by name. */
export interface CheckpointFiles {
  readonly [WEIGHTS]: Uint8Array;
  readonly [OPTIMIZER]: Uint8Array;
  readonly [STATE]: string;
}

export function checkpointFiles({ state, progress }: Checkpoint): CheckpointFiles {
  const weights = serializeSafetensors(state.parameters);
  const optimizer = serializeSafetensors(state.optimizer);
  const content: StateFile = {
    format: "nin-checkpoint",
    version: 1,
    step: state.step,
    ...progress,
    sha256: { [WEIGHTS]: sha256(weights), [OPTIMIZER]: sha256(optimizer) },
  };
  return {
    [WEIGHTS]: weights,
    [OPTIMIZER]: optimizer,
    [STATE]: `${JSON.stringify(content, undefined, 2)}\n`,
  };
}

/** Writes the files into a folder that is there, and waits until they are on the disk. */
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

/** Throws: `RunError` (`NIN_RUN_CORRUPT`, `NIN_RUN_READ`) when it is not whole. */
export async function readCheckpoint(files: FileSystem, folder: string): Promise<Checkpoint> {
  const { step, sha256: hashes, format, version, ...progress } = await readState(files, folder);
  const parameters = await readTensors(files, join(folder, WEIGHTS), hashes[WEIGHTS]);
  const optimizer = await readTensors(files, join(folder, OPTIMIZER), hashes[OPTIMIZER]);
  return { state: { step, parameters, optimizer }, progress };
}

/** The weights alone. Throws: as `readCheckpoint`. */
export async function readCheckpointWeights(
  files: FileSystem,
  folder: string,
): Promise<{ readonly step: number; readonly parameters: Parameters }> {
  const { step, sha256: hashes } = await readState(files, folder);
  return { step, parameters: await readTensors(files, join(folder, WEIGHTS), hashes[WEIGHTS]) };
}

export async function readState(files: FileSystem, folder: string): Promise<StateFile> {
  const path = join(folder, STATE);
  return parseState(await reading(path, () => files.readFile(path, "utf8")), path);
}

async function readTensors(files: FileSystem, path: string, expected: string): Promise<Parameters> {
  const bytes = await reading(path, () => files.readFile(path));
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

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
