/**
 * A backend of the registry as an implementation: `node backend-child.js BACKEND DEVICE [REGISTRY] JOB`, where
 * REGISTRY is the URL of another build's registry module. Steps are enqueued as a training loop does, and
 * waiting for them is part of the time taken.
 */
import { resolveRecipe } from "@nin/data";
import { loadDataset } from "@nin/data/node";
import { loadBackend } from "@nin/registry";
import { at } from "@nin/spec";
import { CONVOLUTION_VARIABLE } from "../implementations/backends.js";
import { serve } from "../protocol/serve.js";
import type { LoadedJob } from "../workload/loaded-job.js";
import { readJob } from "../workload/read-job.js";
import { BackendImplementation } from "./backend-implementation.js";
import { residentData, type TrainingData } from "./training-data.js";

const [backend, device, ...rest] = process.argv.slice(2);
const registry = rest.length > 1 ? ((await import(at(rest, 0))) as Registry) : { loadBackend };
const job = await readJob(at(rest, -1));
await serve(
  new BackendImplementation(`${device}`, job, {
    loadBackend: () => registry.loadBackend(`${backend}`),
    openData,
    versions: { node: process.versions.node },
    ...(process.env[CONVOLUTION_VARIABLE] === "fast" && { convolution: "fast" }),
  }),
);

interface Registry {
  readonly loadBackend: typeof loadBackend;
}

/**
 * The data set that a job names, or a resident job's batch as a data set of noise; `undefined` where the
 * job works on its input alone.
 *
 * @throws `DataError`.
 */
async function openData(job: LoadedJob): Promise<TrainingData | undefined> {
  const { data, resident, recipe } = job;
  if (data === undefined) return resident === undefined ? undefined : residentData(job, resident);
  const { train, test } = await loadDataset(data);
  const { preprocessing } = await resolveRecipe(recipe, train);
  const { channels, height, width } = train;
  return { imageFormat: { channels, height, width, preprocessing }, train, test };
}
