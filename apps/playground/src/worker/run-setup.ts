import type { Model } from "@nin/backend";
import { resolveRecipe } from "@nin/data";
import { fitParameters } from "@nin/safetensors";
import { initialParameters, type NamedTensors, sizedRecipe } from "@nin/spec";
import { describeDataBy, type RunConfig, splitValidation } from "@nin/training";
import { PageError } from "../contract/page-error.js";
import type { ContinueRequest, DataRequest, StartRequest } from "../contract/protocol.js";
import { isFull } from "../storage/database.js";
import { storeDataset } from "../storage/datasets.js";
import { cutStoredMetrics, readStoredCheckpoint, readStoredRun } from "../storage/runs.js";
import { backendOf } from "./backends.js";
import { CurrentRun } from "./current-run.js";
import { hashing, type LoadedData } from "./datasets.js";
import type { Emit } from "./events.js";
import type { DroppedWeights } from "./files.js";

declare const __NIN_VERSION__: string;

/** Images of a batch that are only evaluated or looked at. */
const MAX_BATCH = 128;
const CHECKPOINT_EVERY = 100;
/** Of longer trainings every tenth step is logged, as `nin train` does. */
const LOG_ALL_STEPS = 1500;

/** The settings of a new run, as `nin train` would write them. */
export async function newConfig(
  request: StartRequest,
  data: LoadedData,
  weights: DroppedWeights | undefined,
): Promise<RunConfig> {
  const { architecture, backend, device, isSized, epochs } = request;
  const { train } = splitValidation(data.pair.train, request.recipe);
  const sized = isSized ? sizedRecipe(request.recipe, train.count, epochs) : request.recipe;
  const resolved = await resolveRecipe(sized, train);
  // What the weights were trained with wins, as for `nin train --weights`.
  const preprocessing = weights?.description.preprocessing ?? resolved.preprocessing;
  const totalSteps = Math.ceil(train.count / resolved.batchSize) * resolved.epochs;
  const used = await backendOf(backend);
  return {
    architecture,
    recipe: { ...resolved, preprocessing },
    data: await describeDataBy(hashing, data.pair, data.source, data.limit),
    ...(weights && { startedFrom: weights.name }),
    ...{ backend, device, precision: "f32", threads: null, maxSteps: null },
    logEvery: totalSteps <= LOG_ALL_STEPS ? 1 : 10,
    checkpointEvery: CHECKPOINT_EVERY,
    evalLimit: null,
    versions: { nin: __NIN_VERSION__, page: "playground", ...(await used.versions()) },
  };
}

/** The weights of a file for a run's network; a head of another number of classes begins anew. */
export function startWeights({ architecture, recipe }: RunConfig, weights: DroppedWeights): NamedTensors {
  const { parameters } = fitParameters(architecture, weights.tensors, {
    source: weights.name,
    newHead: true,
  });
  return new Map([...initialParameters(architecture, recipe.init, recipe.seed), ...parameters]);
}

export async function compileRun(config: RunConfig): Promise<Model> {
  const { architecture, recipe, data, backend, device } = config;
  if (data.image === undefined) throw new PageError("this run does not say which images it takes");
  const used = await backendOf(backend);
  return used.compile(architecture, {
    device,
    maxBatch: Math.max(recipe.batchSize, MAX_BATCH),
    imageFormat: { ...data.image, preprocessing: recipe.preprocessing },
  });
}

/**
 * A run of the page's storage, on a device of now.
 *
 * @throws PageError where it or its images are not there, or these are others
 */
export async function openStoredRun(
  { run: id, backend, device }: ContinueRequest,
  loadData: (request: DataRequest) => Promise<LoadedData>,
  emit: Emit,
): Promise<CurrentRun> {
  const stored = await readStoredRun(id);
  if (stored === undefined) throw new PageError("this run is not kept in this browser any more");
  const { data: request, createdAt } = stored;
  const data = await loadData(request);
  const { train, test } = await describeDataBy(hashing, data.pair, "", null);
  const own = stored.config.data;
  if (train.sha256 !== own.train.sha256 || test.sha256 !== own.test.sha256)
    throw new PageError(
      `the images of ${data.description.name} are not those that this run began with: give it the same ones`,
    );
  const checkpoint = await readStoredCheckpoint(id);
  const [step, epoch] = checkpoint ? [checkpoint.state.step, checkpoint.progress.epoch] : [-1, 0];
  const metrics = await cutStoredMetrics(id, step, epoch);
  const config = { ...stored.config, backend, device };
  const model = await compileRun(config);
  const begun = { id, createdAt, config, request, data, model };
  const run = new CurrentRun(begun, emit, { ...(checkpoint && { checkpoint }), known: stored });
  run.phase = stored.status;
  run.metrics = [...metrics];
  return run;
}

/** Keeps images that were dropped, or says that they have to be dropped again. */
export async function keepData({ description, pair }: LoadedData, emit: Emit): Promise<void> {
  await storeDataset(description.key, description.name, pair).catch((error: unknown) => {
    const why = isFull(error) ? "This browser's storage is full" : "This browser keeps nothing for this page";
    const message = `${why}: the images that were dropped are not kept, and have to be dropped again after a reload`;
    emit({ kind: "problem", code: "storage", message });
  });
}
