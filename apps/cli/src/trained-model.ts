import { stat } from "node:fs/promises";
import type { Architecture, Parameters } from "@nin/spec";
import { loadWeightsFrom, type RunConfig } from "@nin/training/node";
import { readModelArgument } from "./model-argument.js";
import { readWeights } from "./tensor-files.js";
import type { Terminal } from "./terminal.js";
import { UsageError } from "./usage-error.js";

/** An architecture with its parameters. */
export interface TrainedModel {
  readonly architecture: Architecture;
  readonly parameters: Parameters;
  /** Where the parameters were read. */
  readonly file: string;
  /** Of the run they belong to; none for a model. */
  readonly config?: RunConfig;
}

/**
 * What a command is to use: the newest checkpoint of a run, a checkpoint inside one, or a model with `--weights`.
 *
 * Throws: `UsageError`, `SpecError`, `RunError`, `SafetensorsError`.
 */
export async function readTrainedModel(
  target: string,
  weights: string | undefined,
  terminal: Terminal,
): Promise<TrainedModel> {
  if (await isFolder(target)) return readRun(target, weights, terminal);
  const architecture = await readModelArgument(target);
  if (weights === undefined) {
    throw new UsageError(`${target} is a model: give its parameters with --weights, or give a run's folder`);
  }
  return { architecture, file: weights, parameters: await readWeights(weights) };
}

async function readRun(
  target: string,
  weights: string | undefined,
  terminal: Terminal,
): Promise<TrainedModel> {
  if (weights !== undefined) {
    throw new UsageError(`${target} is a folder, which has its own weights: leave --weights out`);
  }
  const { file, parameters, config, warnings } = await loadWeightsFrom(target);
  for (const warning of warnings) terminal.note(`Warning: ${warning}`);
  if (config === undefined) {
    throw new UsageError(
      `${target}: expected a run, or a checkpoint inside one, which tells the architecture`,
    );
  }
  return { architecture: config.architecture, file, parameters, config };
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}
