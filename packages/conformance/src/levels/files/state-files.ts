import type { TrainingState } from "@nin/backend";
import { floatTensors, parseSafetensors, serializeSafetensors } from "@nin/safetensors";
import { check } from "../../check/check.js";
import type { CaseFiles } from "../../host.js";

const WEIGHTS = "weights.safetensors";
const OPTIMIZER = "optimizer.safetensors";

/** Writes a session's state as a checkpoint has it: the weights' file is a plain one. */
export async function writeStateFiles(
  files: CaseFiles,
  { step, parameters, optimizer }: TrainingState,
): Promise<void> {
  await files.write(WEIGHTS, serializeSafetensors(parameters));
  await files.write(OPTIMIZER, serializeSafetensors(optimizer, new Map([["step", `${step}`]])));
}

/** Reads it again. */
export async function readStateFiles(files: CaseFiles): Promise<TrainingState> {
  const weights = parseSafetensors(await files.read(WEIGHTS), WEIGHTS);
  const optimizer = parseSafetensors(await files.read(OPTIMIZER), OPTIMIZER);
  const step = Number(optimizer.metadata.get("step"));
  check(Number.isSafeInteger(step), `step in ${OPTIMIZER}: expected a whole number, got ${step}`);
  return { step, parameters: floatTensors(weights, WEIGHTS), optimizer: floatTensors(optimizer, OPTIMIZER) };
}
