import { join } from "node:path";
import type { Model } from "@nin/backend";
import type { DatasetPair, ImageSource } from "@nin/data";
import { realFileSystem, removeTemporaries, writeFileAtomic } from "@nin/files";
import { describeRun, openRun } from "@nin/training/node";
import { predictSamples } from "./choose-samples.js";
import { renderReport } from "./render-report.js";
import type { RunStatus } from "./report-data.js";

/** What a run's page is made from. */
export interface ReportRequest {
  readonly folder: string;
  readonly status: RunStatus;
  /** Some of its test images are the samples; missing where they are not on this machine. */
  readonly data?: DatasetPair<ImageSource>;
  /** Predicts the samples; without it the page has none. */
  readonly model?: Model;
  /** Why there are no samples, where a reader may expect some. */
  readonly samplesNote?: string;
  /** Whether another process may be writing in the folder, whose temporary files must stay. */
  readonly isShared?: boolean;
  /** Called right before the page takes its place; throws when this process must no longer write into the folder. */
  readonly requireLock?: () => Promise<void>;
}

/** Writes `report.html` into a run's folder; gives its path. */
export async function writeReport(request: ReportRequest): Promise<string> {
  const { folder, status, data, model, samplesNote, isShared = false, requireLock } = request;
  const { config, metrics } = await openRun(folder);
  const { channels, height, width } = data?.test ?? describeRun(config).image;
  const withSamples = data !== undefined && model !== undefined && config.evalLimit !== 0;
  const page = renderReport({
    config,
    metrics: await metrics(),
    status,
    imageSize: { channels, height, width },
    samples: withSamples ? await predictSamples(model, data.test, config.recipe.batchSize) : [],
    ...(samplesNote !== undefined && { samplesNote }),
  });
  const path = join(folder, "report.html");
  await requireLock?.();
  // Left behind by a process that was killed while it wrote the page.
  if (!isShared) await removeTemporaries(realFileSystem, folder);
  await writeFileAtomic(path, page, requireLock && { beforeRename: requireLock });
  return path;
}
