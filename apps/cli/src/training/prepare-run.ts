import { type DatasetPair, type ImageSource, resolveRecipe } from "@nin/data";
import { loadBackend } from "@nin/registry";
import { type Recipe, type ResolvedRecipe, shownText, sizedRecipe } from "@nin/spec";
import { splitValidation, trainingImageCount } from "@nin/training";
import { describeData, type RunConfig } from "@nin/training/node";
import { resolveDevice } from "../arguments/backend-options.js";
import type { TrainingRecipe } from "../arguments/recipe-argument.js";
import { softwareVersions } from "../process/versions.js";
import { count, plural } from "../terminal/format.js";
import type { TrainingRequest } from "./training.js";

/** The settings of a run that its model is compiled with. */
export type ModelSettings = Pick<
  RunConfig,
  "architecture" | "recipe" | "backend" | "device" | "precision" | "convolution" | "threads"
>;

/**
 * The settings of a new run that its model is compiled with, those that depend on the data computed.
 *
 * @param data - the training images limited, those for validation among them
 * @throws `SpecError` for a validation split without images, `DataError` for images without statistics
 */
export async function modelSettings(
  { architecture, recipe, choice, precision, convolution, threads }: TrainingRequest,
  data: DatasetPair<ImageSource>,
): Promise<ModelSettings> {
  const device = await resolveDevice(choice);
  const { train } = splitValidation(data.train, recipe.recipe);
  const effective = await effectiveRecipe(recipe, train);
  return {
    ...{ architecture, recipe: effective, backend: choice.backend, device, precision, threads },
    ...(convolution === "fast" && { convolution }),
  };
}

/** All settings of a new run, with the hashes of its data. */
export async function runConfig(
  settings: ModelSettings,
  { source, limit, loading, start, maxSteps, logEvery, checkpointEvery, evalLimit }: TrainingRequest,
  data: DatasetPair<ImageSource>,
  signal: AbortSignal,
): Promise<RunConfig> {
  const { architecture, recipe, backend, device, precision, convolution, threads } = settings;
  return {
    architecture,
    recipe,
    data: { ...(await describeData(data, source, limit, signal)), ...(loading && { loading }) },
    ...(start && { startedFrom: start.file }),
    ...{ backend, device, precision, threads, maxSteps, logEvery, checkpointEvery, evalLimit },
    ...(convolution && { convolution }),
    versions: await softwareVersions(await loadBackend(backend), device),
  };
}

/** @param train - the training images, those for validation excluded */
async function effectiveRecipe(
  { recipe, isSized, epochs }: TrainingRecipe,
  train: ImageSource,
): Promise<ResolvedRecipe> {
  const sized: Recipe = isSized ? sizedRecipe(recipe, train.count, epochs) : recipe;
  return resolveRecipe(sized, train);
}

/** `Training nin-mnist on synthetic (6,000 training and 1,000 test images), recipe robust, 1 epoch, onnxruntime cpu`. */
export function trainingLine(config: RunConfig, { train, test }: DatasetPair<ImageSource>): string {
  const { architecture, recipe, backend, device } = config;
  const trained = trainingImageCount(train.count, recipe);
  const tested = Math.min(test.count, config.evalLimit ?? test.count);
  const counts = [
    `${count(trained)} training`,
    ...(trained === train.count ? [] : [`${count(train.count - trained)} validation`]),
  ].join(", ");
  const images = `${counts} and ${tested === 0 ? "no" : count(tested)} test images`;
  const how = `recipe ${shownText(recipe.name)}, ${plural(recipe.epochs, "epoch")}, ${backend} ${device}`;
  return `Training ${shownText(architecture.name)} on ${shownText(config.data.source)} (${images}), ${how}`;
}
