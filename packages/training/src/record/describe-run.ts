import { classCount, type InputSpec, type ModelDescription, scoreNames } from "@nin/spec";
import type { RunConfig } from "./config.js";

/** The images of the data sets that are known by name. */
const NAMED_SETS: ReadonlyMap<string, InputSpec> = new Map([
  ["fashion-mnist", { channels: 1, height: 28, width: 28 }],
  ["synthetic", { channels: 1, height: 28, width: 28 }],
]);

/**
 * What the files of a run say of its network: classes, preprocessing, architecture, the images that it is trained on, and
 * the version of `nin` where the run's `versions` have it.
 *
 * @example
 * ```ts
 * const { config } = await openRun("runs/2026-01-01");
 * console.log(describeRun(config).classNames);
 * ```
 */
export function describeRun({ architecture, recipe, data, versions }: RunConfig): ModelDescription {
  const { nin: version } = versions;
  return {
    architecture,
    classNames: scoreNames(data.classNames, classCount(architecture)),
    preprocessing: recipe.preprocessing,
    // Runs of earlier versions do not say it. Most images have the size that the network takes.
    image: data.image ?? NAMED_SETS.get(data.source) ?? architecture.input,
    ...(version === undefined ? {} : { version }),
  };
}
