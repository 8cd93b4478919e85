import { join } from "node:path";
import { batchesPerEpoch } from "@nin/data";
import type { FileSystem } from "@nin/files";
import { trainingImageCount } from "../loop/split.js";
import { CONFIG, type LoadedConfig, parseConfig, type RunConfig } from "../record/config.js";
import { RunError } from "../record/run-error.js";
import { textOf } from "./run-files.js";
import { sha256 } from "./sha256.js";

/** How many steps an epoch of a run has: the images that it trains on, in batches. */
export function stepsPerEpochOf({ recipe, data }: Pick<RunConfig, "recipe" | "data">): number {
  return batchesPerEpoch(trainingImageCount(data.train.count, recipe), recipe.batchSize);
}

/** @throws RunError (`NIN_RUN_MISSING`, `NIN_RUN_READ`, `NIN_RUN_CORRUPT`) */
export async function readConfig(files: FileSystem, folder: string): Promise<LoadedConfig> {
  const path = join(folder, CONFIG);
  const text = await textOf(files, path);
  if (text === undefined) {
    throw new RunError("NIN_RUN_MISSING", folder, `expected the folder of a run, found no ${CONFIG} there`);
  }
  return { config: parseConfig(text, path), path, sha256: sha256(text) };
}
