import type { ConvolutionArithmetic, Model, Precision } from "@nin/backend";
import { DataError, type DatasetPair, type ImageSource } from "@nin/data";
import type { LoadedDataset } from "@nin/data/node";
import { mostThreads } from "@nin/files";
import { loadBackend } from "@nin/registry";
import { type Architecture, checkInitialization, type NamedTensors } from "@nin/spec";
import {
  DivergedError,
  type EnvironmentDifference,
  type TrainingEvent,
  type TrainingResult,
} from "@nin/training";
import {
  createRun,
  type DataLoading,
  type Run,
  requireSameData,
  resumeRun,
  type TrainRunOptions,
  trainRun,
} from "@nin/training/node";
import { type BackendChoice, compileOn } from "../arguments/backend-options.js";
import { requireScores } from "../arguments/class-count.js";
import { imageFormat, loadData } from "../arguments/data-source.js";
import type { TrainingRecipe } from "../arguments/recipe-argument.js";
import { UsageError } from "../errors/usage-error.js";
import { invocation, shellWord } from "../process/invocation.js";
import { requireMemory } from "../process/machine-memory.js";
import { softwareVersions } from "../process/versions.js";
import { writeReport } from "../report/write-report.js";
import type { Terminal } from "../terminal/terminal.js";
import { createDisplay } from "./display/create-display.js";
import { type ModelSettings, modelSettings, runConfig, trainingLine } from "./prepare-run.js";
import { shortPath } from "./print-outcome.js";
import { requireUsableRunFolder } from "./run-folder.js";

/** The settings of a new run. */
export interface TrainingRequest {
  readonly architecture: Architecture;
  /** The architecture as the user wrote it, for messages. */
  readonly model: string;
  readonly recipe: TrainingRecipe;
  /** The weights to start from; random ones by default. */
  readonly start?: { readonly parameters: NamedTensors; readonly file: string };
  readonly source: string;
  readonly limit: number | null;
  /** How pictures are loaded, where that was asked for. */
  readonly loading?: DataLoading;
  /** More is kept in a file. Units: bytes. */
  readonly dataMemory?: number;
  readonly choice: BackendChoice;
  readonly precision: Precision;
  /** `exact` by default. */
  readonly convolution?: ConvolutionArithmetic;
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
  readonly dataMemory?: number;
  readonly forceUnlock?: boolean;
}

/** Where a training shows its progress. */
export interface TrainingOutput extends Terminal {
  /** Takes the lines of `metrics.jsonl`, instead of a person's. */
  readonly printJson?: (line: object) => void;
  /** Takes what happens, which is then shown elsewhere. */
  readonly onTraining?: (event: TrainingEvent) => void;
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
  terminal: TrainingOutput,
  loaded?: LoadedDataset,
): Promise<TrainingOutcome> {
  const { folder, architecture, model: name, forceUnlock = false } = request;
  const { recipe } = request.recipe;
  // Parameters and gradients.
  requireMemory(architecture, { copies: 2, batch: recipe.batchSize });
  // Refuses a recipe that names a layer the architecture does not have, before anything is written.
  checkInitialization(architecture, recipe.init);
  await requireUsableRunFolder(folder);
  const data = loaded ?? (await loadData(request, terminal));
  requireScores(architecture, data, name);
  const settings = await modelSettings(request, data);
  // The data are hashed while the model is compiled elsewhere.
  const configured = runConfig(settings, request, data, terminal.signal);
  configured.catch(() => {});
  return compiled(settings, data, async (model) => {
    const config = await configured;
    terminal.signal.throwIfAborted();
    const run = await createRun(folder, config, { forceUnlock });
    terminal.print(trainingLine(config, data));
    const { start } = request;
    return finish(run, model, data, terminal, {
      isSameData: true,
      ...(start && { initialParameters: start.parameters }),
    });
  });
}

/**
 * Continues a run in its folder, with its own settings.
 *
 * @param loaded - its data set; by default loaded from where the run says that it is
 */
export async function resumeTraining(
  folder: string,
  request: ResumeRequest,
  terminal: TrainingOutput,
  loaded?: LoadedDataset,
): Promise<TrainingOutcome> {
  const { maxSteps, source, dataMemory, ...options } = request;
  const run = await resumeRun(folder, options);
  try {
    for (const warning of run.warnings) terminal.note(`Warning: ${warning}`);
    const { resumeFrom } = run;
    const { startedFrom } = run.config;
    if (resumeFrom === undefined && startedFrom !== undefined) {
      throw new UsageError(
        `${run.folder}: stopped before it had saved the weights of ${startedFrom}, from which it starts: begin it anew, with --weights`,
      );
    }
    const firstStep = resumeFrom === undefined ? 0 : resumeFrom.state.step;
    const data = loaded ?? (await loadRunData(run, { source, dataMemory }, terminal));
    terminal.print(`Resuming ${run.folder} after step ${firstStep}`);
    const config = { ...run.config, threads: usableThreads(run.config.threads, terminal) };
    const outcome = await compiled(config, data, (model) =>
      finish(run, model, data, terminal, {
        // Those that were loaded here were compared then.
        isSameData: loaded === undefined,
        ...(maxSteps !== undefined && { maxSteps }),
      }),
    );
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
async function loadRunData(
  run: Run,
  {
    source: moved,
    dataMemory,
  }: { readonly source: string | undefined; readonly dataMemory: number | undefined },
  terminal: Terminal,
): Promise<DatasetPair<ImageSource>> {
  const { source: begun, limit, loading } = run.config.data;
  const source = moved ?? begun;
  const { architecture } = run.config;
  try {
    const data = await loadData(
      {
        ...{ source, limit, architecture },
        ...(loading && { loading }),
        ...(dataMemory !== undefined && { dataMemory }),
      },
      terminal,
    );
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
  settings: ModelSettings,
  data: DatasetPair<ImageSource>,
  use: (model: Model) => Promise<Result>,
): Promise<Result> {
  const { architecture, recipe, backend, device, precision, convolution, threads } = settings;
  const model = await compileOn({ backend, device }, architecture, {
    precision,
    maxBatch: recipe.batchSize,
    imageFormat: imageFormat(data.train, recipe.preprocessing),
    ...(convolution && { convolution }),
    ...(threads === null ? {} : { threads }),
  });
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

/** What differs between the first and a later start of a run. */
type TrainingStart = Pick<TrainRunOptions, "initialParameters" | "isSameData" | "maxSteps">;

/** Trains until the end, an interruption or a value that is not finite; writes the report page in each case. */
async function finish(
  run: Run,
  model: Model,
  data: DatasetPair<ImageSource>,
  terminal: TrainingOutput,
  options: TrainingStart = {},
): Promise<TrainingOutcome> {
  const { folder } = run;
  const requireLock = (): Promise<void> => run.verifyLock();
  try {
    const result = await trainShown(run, model, data, terminal, options);
    const status = result.interrupted ? "interrupted" : "finished";
    const samples = result.interrupted ? {} : { model };
    const report = await writeReport({ folder, status, data, requireLock, ...samples });
    return { result, folder, report, isCut: result.ended === "maxSteps" };
  } catch (error) {
    if (error instanceof DivergedError) await writeReport({ folder, status: "diverged", data, requireLock });
    throw error;
  } finally {
    await run.dispose();
  }
}

async function trainShown(
  run: Run,
  model: Model,
  data: DatasetPair<ImageSource>,
  terminal: TrainingOutput,
  options: TrainingStart,
): Promise<TrainingResult> {
  const display = createDisplay(run.config.recipe, terminal);
  const noteStop = (): void => display.note("Stopping: finishing the current steps and saving a checkpoint");
  terminal.signal.addEventListener("abort", noteStop);
  try {
    return await trainRun(run, {
      model,
      data,
      signal: terminal.signal,
      versions: await softwareVersions(await loadBackend(run.config.backend), run.config.device),
      onEvent: (event) => {
        if (event.kind === "environment") terminal.note(environmentWarning(event.differences));
        else display.on(event);
      },
      ...options,
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
