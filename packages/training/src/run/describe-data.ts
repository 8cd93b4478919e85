import { setImmediate } from "node:timers/promises";
import type { DatasetPair, ImageSource } from "@nin/data";
import type { DataRecord } from "../record/config.js";
import { describeDataBy } from "../record/describe-data.js";
import { createSha256 } from "./sha256.js";

/**
 * The `data` of a run's config, with hashes of images and labels: the same for the same bytes, in memory or in a file.
 *
 * @param pair - `limit` has been applied to its training images, and none are set aside for validation
 * @param source - where they were loaded from
 * @throws DataError when a file cannot be read
 * @throws the signal's reason when it aborts
 *
 * @example
 * ```ts
 * const data = await describeData(await loadDataset("fashion-mnist"), "fashion-mnist");
 * ```
 */
export function describeData(
  pair: DatasetPair<ImageSource>,
  source: string,
  limit: number | null = null,
  signal?: AbortSignal,
): Promise<DataRecord> {
  return describeDataBy({ createSha256, pause: () => setImmediate() }, pair, source, limit, signal);
}
