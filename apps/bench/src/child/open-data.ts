import { resolveRecipe } from "@nin/data";
import { loadDataset } from "@nin/data/node";
import type { LoadedJob } from "../workload/loaded-job.js";
import { residentData, type TrainingData } from "./training-data.js";

/**
 * The data set that a job names, or a resident job's batch as a data set of noise; `undefined` where the
 * job works on its input alone.
 *
 * @throws `DataError`.
 */
export async function openData(job: LoadedJob): Promise<TrainingData | undefined> {
  const { data, resident, recipe } = job;
  if (data === undefined) return resident === undefined ? undefined : residentData(job, resident);
  const { train, test } = await loadDataset(data);
  const { preprocessing } = await resolveRecipe(recipe, train);
  const { channels, height, width } = train;
  return { imageFormat: { channels, height, width, preprocessing }, train, test };
}
