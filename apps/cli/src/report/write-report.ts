import { join } from "node:path";
import type { Model } from "@nin/backend";
import { type DatasetPair, firstImages, type ImageSource, readImages } from "@nin/data";
import { realFileSystem, removeTemporaries, writeFileAtomic } from "@nin/files";
import { at } from "@nin/spec";
import { evaluateModel } from "@nin/training";
import { openRun } from "@nin/training/node";
import { chooseSamples } from "./choose-samples.js";
import { renderReport } from "./render-report.js";
import type { ReportSample, RunStatus } from "./report-data.js";

/** Number of test images among which samples are chosen. */
const CANDIDATES = 256;
const SHOWN = 40;
const BATCH = 64;

/** What a run's page is made from. */
export interface ReportRequest {
  readonly folder: string;
  readonly status: RunStatus;
  readonly data: DatasetPair<ImageSource>;
  /** Predicts the samples; without it the page has none. */
  readonly model?: Model;
}

/** Writes `report.html` into a run's folder; gives its path. */
export async function writeReport({ folder, status, data, model }: ReportRequest): Promise<string> {
  const { config, metrics } = await openRun(folder);
  const { channels, height, width } = data.test;
  const withSamples = model !== undefined && config.evalLimit !== 0;
  const page = renderReport({
    config,
    metrics: await metrics(),
    status,
    imageSize: { channels, height, width },
    samples: withSamples ? await predictSamples(model, data.test, config.recipe.batchSize) : [],
  });
  const path = join(folder, "report.html");
  // Left behind by a process that was killed while it wrote the page.
  await removeTemporaries(realFileSystem, folder);
  await writeFileAtomic(path, page);
  return path;
}

async function predictSamples(
  model: Model,
  test: ImageSource,
  largestBatch: number,
): Promise<readonly ReportSample[]> {
  const limit = Math.min(CANDIDATES, test.count);
  const batchSize = Math.min(BATCH, largestBatch);
  const { predictions, probabilities } = await evaluateModel(model, test, { limit, batchSize });
  const chosen = chooseSamples(firstImages(test, limit).labels, predictions, SHOWN);
  const images = await readImages(test, Uint32Array.from(chosen));
  const size = test.channels * test.height * test.width;
  return chosen.map((index, place) => ({
    pixels: images.subarray(place * size, (place + 1) * size),
    label: at(test.labels, index),
    prediction: at(predictions, index),
    probability: at(probabilities, index),
  }));
}
