import { join } from "node:path";
import { type FileSystem, syncFolder, writeSynced } from "@nin/files";
import type { NamedTensors } from "@nin/spec";
import type { Checkpoint } from "../record/checkpoint.js";
import {
  type CheckpointFiles,
  checkpointOf,
  checkpointTensors,
  OPTIMIZER,
  STATE,
  WEIGHTS,
} from "../record/checkpoint-files.js";
import { parseState, type StateFile } from "../record/state-file.js";
import { bytesOf } from "./run-files.js";
import { createSha256 } from "./sha256.js";

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
  const parameters = await readTensors(files, join(folder, WEIGHTS), record.sha256[WEIGHTS]);
  const optimizer = await readTensors(files, join(folder, OPTIMIZER), record.sha256[OPTIMIZER]);
  return checkpointOf(record, { parameters, optimizer });
}

/** Reads the weights alone. Throws as `readCheckpoint` does. */
export function readWeights(files: FileSystem, folder: string, state: StateFile): Promise<NamedTensors> {
  return readTensors(files, join(folder, WEIGHTS), state.sha256[WEIGHTS]);
}

/** Reads and checks `state.json`. Throws as `readCheckpoint` does. */
export async function readState(files: FileSystem, folder: string): Promise<StateFile> {
  const path = join(folder, STATE);
  return parseState((await bytesOf(files, path, "record")).toString("utf8"), path, createSha256);
}

async function readTensors(files: FileSystem, path: string, expected: string): Promise<NamedTensors> {
  return checkpointTensors(await bytesOf(files, path, "tensors"), path, expected, createSha256);
}
