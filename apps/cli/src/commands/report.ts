import { resolve } from "node:path";
import { NinError } from "@nin/backend";
import { DataError, type DatasetPair, type ImageSource } from "@nin/data";
import { DEFAULT_MEMORY_BYTES, loadDataset } from "@nin/data/node";
import { mostThreads } from "@nin/files";
import { inspectRun, loadWeightsFrom, type RunConfig, requireSameData } from "@nin/training/node";
import { Command } from "commander";
import { withModel } from "../arguments/backend-options.js";
import { imageFormat } from "../arguments/data-source.js";
import { type ReportRequest, writeReport } from "../report/write-report.js";
import type { Terminal } from "../terminal/terminal.js";
import { shortPath } from "../training/print-outcome.js";

export function reportCommand(terminal: Terminal): Command {
  return new Command("report")
    .description("write a run's report page again, also of a run that was killed, or is being trained")
    .argument("<run>", "run folder")
    .option("--no-samples", "page without sample predictions, which need the run's data and backend")
    .action(async (folder: string, { samples }: { readonly samples: boolean }) => {
      const written = await terminal.stoppable(() => rewriteReport(folder, samples, terminal.signal));
      if (written.samplesNote !== undefined) terminal.note(`Note: ${written.samplesNote}`);
      terminal.print(`Report: ${shortPath(written.path)}`);
    });
}

/** A page that was written. */
interface RewrittenReport {
  readonly path: string;
  /** Why it has no sample predictions, where it should have some. */
  readonly samplesNote?: string;
}

/**
 * Writes the page of a run again, from what is in its folder; the run may be one that was killed, that a program
 * trained, or that is being trained. Sample predictions need its data, as they were, its backend and a checkpoint:
 * where one is missing the page has none and says why. Nothing is downloaded.
 *
 * @throws `RunError` for a folder that is no run, or that cannot be read or written
 * @throws the signal's reason when it aborts
 */
async function rewriteReport(
  folder: string,
  withSamples: boolean,
  signal: AbortSignal,
): Promise<RewrittenReport> {
  const { config, summary } = await inspectRun(folder);
  const status = summary.status === "failed" ? "diverged" : summary.status;
  const request: ReportRequest = { folder: resolve(folder), status, isShared: true };
  if (!withSamples || config.evalLimit === 0) return { path: await writeReport(request) };
  try {
    return { path: await writeWithSamples(request, config, signal) };
  } catch (error) {
    // What is no error of ours is a mistake, or the interrupt.
    if (!(error instanceof NinError)) throw error;
    const samplesNote = `no sample predictions: ${reasonOf(error, config)}`;
    return { path: await writeReport({ ...request, samplesNote }), samplesNote };
  }
}

/** @throws `NinError` where data, backend or checkpoint are not there */
async function writeWithSamples(
  request: ReportRequest,
  config: RunConfig,
  signal: AbortSignal,
): Promise<string> {
  const { architecture, recipe, backend, device, precision, convolution, threads } = config;
  const { parameters } = await newestWeights(request);
  const data = await loadSameData(request.folder, config, signal);
  const options = {
    precision,
    ...(convolution && { convolution }),
    maxBatch: recipe.batchSize,
    imageFormat: imageFormat(data.test, recipe.preprocessing),
    ...(threads === null ? {} : { threads: Math.min(threads, mostThreads()) }),
  };
  return withModel({ backend, device }, architecture, options, async (model) => {
    await model.writeParameters(parameters);
    signal.throwIfAborted();
    return writeReport({ ...request, data, model });
  });
}

/** While a run is trained, its older checkpoints are removed: one may go while it is read. */
async function newestWeights({ folder, status }: ReportRequest): ReturnType<typeof loadWeightsFrom> {
  try {
    return await loadWeightsFrom(folder);
  } catch (error) {
    if (status !== "running") throw error;
    return loadWeightsFrom(folder);
  }
}

async function loadSameData(
  folder: string,
  config: RunConfig,
  signal: AbortSignal,
): Promise<DatasetPair<ImageSource>> {
  const { source, limit, loading } = config.data;
  const { channels, height, width } = config.architecture.input;
  const data = await loadDataset(source, {
    ...{ channels, imageSize: { height, width }, dataMemoryBytes: DEFAULT_MEMORY_BYTES },
    ...loading,
    ...(limit !== null && { limit }),
    // Writing a page is no reason to download 30 MB.
    mirrors: [],
    signal,
  });
  await requireSameData({ config, folder }, data);
  return data;
}

function reasonOf(error: NinError, { data }: RunConfig): string {
  if (error instanceof DataError && error.code === "NIN_DATA_DOWNLOAD") {
    return `${data.source} is not on this machine; nin data fetch ${data.source} downloads it`;
  }
  return error.message;
}
