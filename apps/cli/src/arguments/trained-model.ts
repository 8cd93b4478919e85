import { stat } from "node:fs/promises";
import { type Architecture, type NamedTensors, SpecError } from "@nin/spec";
import { type CheckpointChoice, loadWeightsFrom, type RunConfig } from "@nin/training/node";
import { type Command, InvalidArgumentError } from "commander";
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

/** Which weights a command works on, by its options. */
export interface WeightsChoice {
  /** The file of a model. */
  readonly weights?: string;
  /** Of a run; the newest by default. */
  readonly checkpoint?: CheckpointChoice;
}

/**
 * What a command works on: a checkpoint of a run, by default the newest, a checkpoint's folder inside one, or a model
 * with `--weights`.
 *
 * @throws `UsageError`, `SpecError`, `RunError`, `SafetensorsError`.
 */
export async function readTrainedModel(
  target: string,
  choice: WeightsChoice,
  terminal: Terminal,
): Promise<TrainedModel> {
  const { weights, checkpoint } = choice;
  const kind = await kindOf(target);
  if (kind === "folder") return readRun(target, choice, terminal);
  const architecture = kind === "file" ? await readModelArgument(target) : await readNamedModel(target);
  if (weights === undefined) {
    throw new UsageError(
      `${target} is a model: pass its weights with --weights, or pass a run folder instead`,
    );
  }
  if (checkpoint !== undefined) {
    throw new UsageError(`${target} is a model, which has no checkpoints: omit --checkpoint`);
  }
  return { architecture, file: weights, parameters: await readWeights(weights) };
}

async function readRun(
  target: string,
  { weights, checkpoint }: WeightsChoice,
  terminal: Terminal,
): Promise<TrainedModel> {
  if (weights !== undefined) {
    throw new UsageError(`${target} is a folder with weights of its own: omit --weights`);
  }
  const { file, parameters, config, warnings } = await loadWeightsFrom(
    target,
    checkpoint === undefined ? {} : { checkpoint },
  );
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

/** The option that chooses a checkpoint of a run, for `readTrainedModel`. */
export function addCheckpointOption(command: Command): Command {
  return command.option(
    "--checkpoint <which>",
    "checkpoint of a run: best, latest or the number of its step (default: latest)",
    checkpointChoice,
  );
}

/** Parses an option's value. */
function checkpointChoice(text: string): CheckpointChoice {
  if (text === "best" || text === "latest") return text;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected best, latest or the number of a step.");
}
