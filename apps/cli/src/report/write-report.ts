import { join } from "node:path";
import type { Model } from "@nin/backend";
import type { DatasetPair, ImageSource } from "@nin/data";
import { realFileSystem, removeTemporaries, writeFileAtomic } from "@nin/files";
import { openRun } from "@nin/training/node";
import { predictSamples } from "./choose-samples.js";
import { renderReport } from "./render-report.js";
import type { RunStatus } from "./report-data.js";

/** What a run's page is made from. */
export interface ReportRequest {
  readonly folder: string;
  readonly status: RunStatus;
  readonly data: DatasetPair<ImageSource>;
  /** Predicts the samples; without it the page has none. */
  readonly model?: Model;
  /** Called before anything is written; throws when this process must no longer write into the folder. */
  readonly requireLock?: () => Promise<void>;
}

/** Writes `report.html` into a run's folder; gives its path. */
export async function writeReport({
  folder,
  status,
  data,
  model,
  requireLock,
}: ReportRequest): Promise<string> {
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
  await requireLock?.();
  // Left behind by a process that was killed while it wrote the page.
  await removeTemporaries(realFileSystem, folder);
  await writeFileAtomic(path, page);
  return path;
}
