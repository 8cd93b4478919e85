import { stat } from "node:fs/promises";
import { looksLikePath } from "@nin/files";
import {
  type Architecture,
  classCount,
  type ModelDescription,
  type NamedTensors,
  type Preprocessing,
  resolvedPreprocessing,
  SpecError,
} from "@nin/spec";
import { type CheckpointChoice, describeRun, loadWeightsFrom, type RunConfig } from "@nin/training/node";
import { type Command, InvalidArgumentError } from "commander";
import { UsageError } from "../errors/usage-error.js";
import type { Terminal } from "../terminal/terminal.js";
import { readModelArgument } from "./model-argument.js";
import { readRecipeArgument } from "./recipe-argument.js";
import { fitWeights, looksLikeWeights, readWeightsFile, type WeightsFile } from "./weights-file.js";

/** The options that say which weights a command works with. */
export interface WeightsChoice {
  readonly weights?: string;
  readonly ignoreExtra?: boolean;
  readonly checkpoint?: CheckpointChoice;
}

/** An architecture with its parameters. */
export interface TrainedModel {
  readonly architecture: Architecture;
  readonly parameters: NamedTensors;
  /** The file that the parameters were read from. */
  readonly file: string;
  /** The run's; absent for a model. */
  readonly config?: RunConfig;
  /** What the run or the file says of the network: of a file of other software nothing. */
  readonly description: Partial<ModelDescription>;
}

/** What a command's target may be. */
export const TARGET = "run folder, checkpoint folder, file of weights, or model with --weights";

/** Adds `--weights`, `--ignore-extra` and `--checkpoint`. */
export function addWeightsOptions(command: Command): Command {
  return addCheckpointOption(command)
    .option("--weights <file>", "weights for a model: safetensors, ONNX, or model.json of TensorFlow.js")
    .option("--ignore-extra", "weights of a file that the model does not have are skipped");
}

/** Adds `--checkpoint`. */
export function addCheckpointOption(command: Command): Command {
  return command.option(
    "--checkpoint <which>",
    "checkpoint of a run: latest, best or the number of a step (default: latest)",
    checkpointChoice,
  );
}

function checkpointChoice(text: string): CheckpointChoice {
  if (text === "latest" || text === "best") return text;
  const step = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(step)) return step;
  throw new InvalidArgumentError("Expected latest, best or the number of a step.");
}

/**
 * What a command works on: a checkpoint of a run, by default the newest one; a checkpoint inside one; a file of weights
 * that describes itself; or a model with `--weights`.
 *
 * @throws `UsageError`, `SpecError`, `RunError`, `SafetensorsError`.
 */
export async function readTrainedModel(
  target: string,
  flags: WeightsChoice,
  terminal: Pick<Terminal, "note">,
): Promise<TrainedModel> {
  const kind = await kindOf(target);
  if (kind === "folder") return readRun(target, flags, terminal);
  if (flags.checkpoint !== undefined)
    throw new UsageError(`${target} is not a run: --checkpoint chooses one of a run's checkpoints`);
  if (looksLikeWeights(target)) return readWeightsAlone(target, flags, terminal);
  const architecture = kind === "file" ? await readModelArgument(target) : await readNamedModel(target);
  if (flags.weights === undefined) {
    throw new UsageError(
      `${target} is a model: pass its weights with --weights, or pass a run folder instead`,
    );
  }
  return fitted(architecture, await readWeightsFile(flags.weights), flags, terminal);
}

/**
 * The numbers that a network's images are normalized with: those of `--recipe`, else its own.
 *
 * @throws `UsageError` where neither has them
 */
export async function preprocessingOf(
  { description, file }: Pick<TrainedModel, "description" | "file">,
  recipe: string | undefined,
): Promise<Preprocessing> {
  if (recipe === undefined) {
    if (description.preprocessing !== undefined) return description.preprocessing;
    throw new UsageError(
      `${file} does not say how images are normalized (nin.mean and nin.std in its metadata): pass the recipe that it was trained with, --recipe NAME or FILE`,
    );
  }
  try {
    return resolvedPreprocessing(
      (await readRecipeArgument(recipe)).preprocessing,
      `--recipe ${recipe}: preprocessing`,
    );
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const hint = error.path.startsWith("--recipe")
      ? "; a recipe file can have the numbers of the training"
      : "";
    throw new UsageError(`${error.message}${hint}`, { cause: error });
  }
}

async function readRun(
  target: string,
  { weights, checkpoint }: WeightsChoice,
  terminal: Pick<Terminal, "note">,
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
      `${target}: expected a run, or a checkpoint inside one; this folder has no architecture (its weights.safetensors may have one: pass that file)`,
    );
  }
  return { architecture: config.architecture, file, parameters, config, description: describeRun(config) };
}

/** A file that is enough by itself. */
async function readWeightsAlone(
  target: string,
  flags: WeightsChoice,
  terminal: Pick<Terminal, "note">,
): Promise<TrainedModel> {
  if (flags.weights !== undefined)
    throw new UsageError(`${target} is a file of weights: omit --weights, or pass a model instead`);
  const file = await readWeightsFile(target);
  const { architecture } = file.description;
  if (architecture === undefined) {
    throw new UsageError(
      `${target} does not say which network it belongs to (nin.architecture in its metadata): pass a model, such as nin-mnist, with --weights ${target}`,
    );
  }
  return fitted(architecture, file, flags, terminal);
}

function fitted(
  architecture: Architecture,
  file: WeightsFile,
  { ignoreExtra = false }: WeightsChoice,
  terminal: Pick<Terminal, "note">,
): TrainedModel {
  const { parameters } = fitWeights(architecture, file, { ignoreExtra }, terminal);
  const { path, description } = file;
  const { classNames } = description;
  if (classNames !== undefined && classNames.length !== classCount(architecture)) {
    throw new UsageError(
      `${path}: metadata: nin.classes: expected ${classCount(architecture)} names, as ${architecture.name} has scores, got ${classNames.length}`,
    );
  }
  return { architecture, file: path, parameters, description };
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
