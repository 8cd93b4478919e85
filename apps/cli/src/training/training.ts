import type { Model, Precision } from "@nin/backend";
import { DataError, type DatasetPair, resolveRecipe } from "@nin/data";
import { mostThreads } from "@nin/files";
import { loadBackend } from "@nin/registry";
import { type Architecture, initialParameters, type Recipe, requireClasses, shownText } from "@nin/spec";
import { DivergedError, type EnvironmentDifference, type TrainingResult } from "@nin/training";
import {
  createRun,
  describeData,
  type Run,
  type RunConfig,
  requireSameData,
  resumeRun,
  trainRun,
} from "@nin/training/node";
import { type BackendChoice, compileOn, resolveDevice } from "../arguments/backend-options.js";
import { imageFormat, loadData } from "../arguments/data-source.js";
import { UsageError } from "../errors/usage-error.js";
import { invocation, shellWord } from "../process/invocation.js";
import { requireMemory } from "../process/machine-memory.js";
import { softwareVersions } from "../process/versions.js";
import { writeReport } from "../report/write-report.js";
import { count, plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";
import { BarDisplay } from "./display/bar-display.js";
import type { TrainingDisplay } from "./display/display.js";
import { LineDisplay } from "./display/line-display.js";
import { shortPath } from "./print-outcome.js";
import { requireUsableRunFolder } from "./run-folder.js";

/** The settings of a new run. */
export interface TrainingRequest {
  readonly architecture: Architecture;
  readonly recipe: Recipe;
  readonly source: string;
  readonly limit: number | null;
  readonly choice: BackendChoice;
  readonly precision: Precision;
  readonly threads: number | null;
  readonly maxSteps: number | null;
  readonly logEvery: number;
  readonly checkpointEvery: number;
  readonly evalLimit: number | null;
  readonly folder: string;
  /** Whether to take the folder's lock whoever holds it. */
  readonly forceUnlock?: boolean;
}

/** The settings with which a run continues. */
export interface ResumeRequest {
  readonly architecture?: Architecture;
  readonly maxSteps?: number;
  /** Where the data set is now. */
  readonly source?: string;
  readonly forceUnlock?: boolean;
}

/** How a training ended, and where its files are. */
export interface TrainingOutcome {
  readonly result: TrainingResult;
  readonly folder: string;
  readonly report: string;
  /** Whether epochs are left because of --max-steps. */
  readonly isCut: boolean;
  /** For a run that was continued. */
  readonly resumed?: { readonly hadEnded: boolean } & Pick<ResumeRequest, "maxSteps" | "source">;
}

/** Starts a run in a new folder. A bad request leaves no files behind. */
export async function startTraining(
  request: TrainingRequest,
  terminal: Terminal,
  loaded?: DatasetPair,
): Promise<TrainingOutcome> {
  const { folder, source, limit, choice, forceUnlock = false, ...settings } = request;
  const { architecture, recipe } = settings;
  // Parameters and gradients.
  requireMemory(architecture, { copies: 2, batch: recipe.batchSize });
  // Refuses a recipe that names a layer the architecture does not have, before anything is written.
  initialParameters(architecture, recipe.init, recipe.seed);
  await requireUsableRunFolder(folder);
  const data = loaded ?? (await loadData(source, terminal, limit));
  requireClasses(architecture, data.train.classes);
  const config: RunConfig = {
    ...settings,
    recipe: await resolveRecipe(recipe, data.train),
    data: await describeData(data, source, limit, terminal.signal),
    backend: choice.backend,
    device: await resolveDevice(choice),
    versions: await softwareVersions(await loadBackend(choice.backend)),
  };
  return compiled(config, data, async (model) => {
    terminal.signal.throwIfAborted();
    const run = await createRun(folder, config, { forceUnlock });
    terminal.print(trainingLine(config, data));
    return finish(run, model, data, terminal);
  });
}

/** `Training nin-mnist on synthetic (6,000 training and 1,000 test images), recipe robust, 1 epoch, onnxruntime cpu`. */
function trainingLine(config: RunConfig, { train, test }: DatasetPair): string {
  const { architecture, recipe, backend, device } = config;
  const tested = Math.min(test.count, config.evalLimit ?? test.count);
  const images = `${count(train.count)} training and ${tested === 0 ? "no" : count(tested)} test images`;
  const how = `recipe ${shownText(recipe.name)}, ${plural(recipe.epochs, "epoch")}, ${backend} ${device}`;
  return `Training ${shownText(architecture.name)} on ${shownText(config.data.source)} (${images}), ${how}`;
}

/** Continues a run in its folder, with its own settings. */
export async function resumeTraining(
  folder: string,
  request: ResumeRequest,
  terminal: Terminal,
): Promise<TrainingOutcome> {
  const { maxSteps, source, ...options } = request;
  const run = await resumeRun(folder, options);
  try {
    for (const warning of run.warnings) terminal.note(`Warning: ${warning}`);
    const { resumeFrom } = run;
    const firstStep = resumeFrom === undefined ? 0 : resumeFrom.state.step;
    const data = await loadRunData(run, source, terminal);
    terminal.print(`Resuming ${run.folder} after step ${firstStep}`);
    const config = { ...run.config, threads: usableThreads(run.config.threads, terminal) };
    const outcome = await compiled(config, data, (model) => finish(run, model, data, terminal, maxSteps));
    const { step, epochs } = outcome.result;
    const hadEnded =
      resumeFrom !== undefined && step === firstStep && epochs.length === resumeFrom.progress.epochs.length;
    const given = {
      ...(maxSteps === undefined ? {} : { maxSteps }),
      ...(source === undefined ? {} : { source }),
    };
    return { ...outcome, resumed: { hadEnded, ...given } };
  } finally {
    await run.dispose();
  }
}

/** The data set that a run started with, from where it is now. */
async function loadRunData(run: Run, moved: string | undefined, terminal: Terminal): Promise<DatasetPair> {
  const { source: begun, limit } = run.config.data;
  const source = moved ?? begun;
  try {
    const data = await loadData(source, terminal, limit);
    await requireSameData(run, data, source);
    return data;
  } catch (error) {
    if (moved !== undefined || !(error instanceof DataError) || error.code !== "NIN_DATA_MISSING")
      throw error;
    const remedy = `${invocation()} train --resume ${shellWord(shortPath(run.folder))} --data DIR`;
    throw new UsageError(`${error.message}; if the data set has moved: ${remedy}`, {
      cause: error,
    });
  }
}

/** The number of threads of a run that may have started on a larger machine. */
function usableThreads(threads: number | null, terminal: Terminal): number | null {
  const most = mostThreads();
  if (threads === null || threads <= most) return threads;
  terminal.note(
    `Warning: the run started with ${threads} threads, and this machine can use ${most}: results will agree only up to rounding`,
  );
  return most;
}

async function compiled<Result>(
  config: RunConfig,
  data: DatasetPair,
  use: (model: Model) => Promise<Result>,
): Promise<Result> {
  const { architecture, recipe, backend, device, precision, threads } = config;
  const model = await compileOn({ backend, device }, architecture, {
    precision,
    maxBatch: recipe.batchSize,
    imageFormat: imageFormat(data.train, recipe.preprocessing),
    ...(threads === null ? {} : { threads }),
  });
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

/** Trains until the end, an interruption or a value that is not finite; writes the report page in each case. */
async function finish(
  run: Run,
  model: Model,
  data: DatasetPair,
  terminal: Terminal,
  maxSteps?: number,
): Promise<TrainingOutcome> {
  const { folder } = run;
  try {
    const result = await trainShown(run, model, data, terminal, maxSteps);
    const status = result.interrupted ? "interrupted" : "finished";
    const samples = result.interrupted ? {} : { model };
    const report = await writeReport({ folder, status, data, ...samples });
    return { result, folder, report, isCut: result.epochs.length < run.config.recipe.epochs };
  } catch (error) {
    if (error instanceof DivergedError) await writeReport({ folder, status: "diverged", data });
    throw error;
  } finally {
    await run.dispose();
  }
}

async function trainShown(
  run: Run,
  model: Model,
  data: DatasetPair,
  terminal: Terminal,
  maxSteps: number | undefined,
): Promise<TrainingResult> {
  const display = createDisplay(run.config.recipe.batchSize, terminal);
  const noteStop = (): void => display.note("Stopping: finishing the current steps and saving a checkpoint");
  terminal.signal.addEventListener("abort", noteStop);
  try {
    return await trainRun(run, {
      model,
      data,
      signal: terminal.signal,
      versions: await softwareVersions(await loadBackend(run.config.backend)),
      onEvent: (event) => {
        if (event.kind === "environment") terminal.note(environmentWarning(event.differences));
        else display.on(event);
      },
      ...(maxSteps === undefined ? {} : { maxSteps }),
    });
  } finally {
    terminal.signal.removeEventListener("abort", noteStop);
    display.close();
  }
}

function environmentWarning(differences: readonly EnvironmentDifference[]): string {
  const all = differences.map(({ name, before, now }) => `${name} ${before}, now ${now}`);
  return `Warning: the run may not continue bit for bit as if it had never stopped. It started with ${all.join("; ")}`;
}

function createDisplay(batchSize: number, terminal: Terminal): TrainingDisplay {
  return terminal.isInteractive
    ? new BarDisplay(batchSize)
    : new LineDisplay(batchSize, (line) => terminal.print(line));
}
