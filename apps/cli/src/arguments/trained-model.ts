import { stat } from "node:fs/promises";
import { type Architecture, type NamedTensors, SpecError } from "@nin/spec";
import { loadWeightsFrom, type RunConfig } from "@nin/training/node";
import { UsageError } from "../errors/usage-error.js";
import type { Terminal } from "../terminal/terminal.js";
import { looksLikePath } from "./json-file.js";
import { readModelArgument } from "./model-argument.js";
import { readWeights } from "./tensor-files.js";

/** An architecture with its parameters. */
export interface TrainedModel {
  readonly architecture: Architecture;
  readonly parameters: NamedTensors;
  /** The file that the parameters were read from. */
  readonly file: string;
  /** The run's; absent for a model. */
  readonly config?: RunConfig;
}

/**
 * What a command works on: the newest checkpoint of a run, a checkpoint inside one, or a model with `--weights`.
 *
 * @throws `UsageError`, `SpecError`, `RunError`, `SafetensorsError`.
 */
export async function readTrainedModel(
  target: string,
  weights: string | undefined,
  terminal: Terminal,
): Promise<TrainedModel> {
  const kind = await kindOf(target);
  if (kind === "folder") return readRun(target, weights, terminal);
  const architecture = kind === "file" ? await readModelArgument(target) : await readNamedModel(target);
  if (weights === undefined) {
    throw new UsageError(
      `${target} is a model: pass its weights with --weights, or pass a run folder instead`,
    );
  }
  return { architecture, file: weights, parameters: await readWeights(weights) };
}

async function readRun(
  target: string,
  weights: string | undefined,
  terminal: Terminal,
): Promise<TrainedModel> {
  if (weights !== undefined) {
    throw new UsageError(`${target} is a folder with weights of its own: omit --weights`);
  }
  const { file, parameters, config, warnings } = await loadWeightsFrom(target);
  for (const warning of warnings) terminal.note(`Warning: ${warning}`);
  if (config === undefined) {
    throw new UsageError(
      `${target}: expected a run, or a checkpoint inside one; this folder has no architecture`,
    );
  }
  return { architecture: config.architecture, file, parameters, config };
}

/** A model named by a word; no such file exists, but a run may have been meant. */
async function readNamedModel(target: string): Promise<Architecture> {
  if (looksLikePath(target)) {
    throw new UsageError(
      `${target}: no such file or folder: expected a run, a checkpoint inside one, or an architecture file`,
    );
  }
  try {
    return await readModelArgument(target);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new UsageError(`${target} is not a folder; ${error.message}`, { cause: error });
  }
}

function kindOf(path: string): Promise<"folder" | "file" | "nothing"> {
  return stat(path).then(
    (info) => (info.isDirectory() ? "folder" : "file"),
    () => "nothing",
  );
}
