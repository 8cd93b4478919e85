import { createHash } from "node:crypto";
import type { DatasetPair, ImageDataset } from "@nin/data";
import type { DataRecord, SplitRecord } from "./config.js";

/** The `data` of a run's config: the images' and labels' hashes. `limit` is already applied to `pair.train`. */
export function describeData(pair: DatasetPair, source: string, limit: number | null = null): DataRecord {
  return {
    source,
    limit,
    classNames: pair.train.classNames,
    train: describeSplit(pair.train),
    test: describeSplit(pair.test),
  };
}

function describeSplit({ count, images, labels }: ImageDataset): SplitRecord {
  return { count, sha256: createHash("sha256").update(images).update(labels).digest("hex") };
}
