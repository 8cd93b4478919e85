import type { DatasetPair, ImageDataset } from "@nin/data";
import { imageDataset } from "@nin/data";
import { PageError } from "../contract/page-error.js";
import { database, type StoredDataset } from "./database.js";

/** Keeps a data set that was dropped, so that its runs can go on after a reload. */
export async function storeDataset(key: string, name: string, { train, test }: DatasetPair): Promise<void> {
  const stored = await database();
  if ((await stored.getKey("datasets", key)) !== undefined) return;
  // Shared memory cannot be kept.
  const own = (set: ImageDataset): ImageDataset => ({
    ...set,
    images: Uint8Array.from(set.images),
    labels: set.labels instanceof Uint8Array ? Uint8Array.from(set.labels) : Uint16Array.from(set.labels),
  });
  await stored.put("datasets", { key, name, pair: { train: own(train), test: own(test) } });
}

/** @throws PageError where it is not there any more */
export async function readStoredDataset(key: string): Promise<StoredDataset> {
  const found = await (await database()).get("datasets", key);
  if (found === undefined)
    throw new PageError("the images of this run are not kept in this browser: drop the same files again");
  const { name, pair } = found;
  return { key, name, pair: { train: imageDataset(pair.train), test: imageDataset(pair.test) } };
}

/** Removes the data sets that no run uses. */
export async function removeUnusedDatasets(): Promise<void> {
  const stored = await database();
  const runs = await stored.getAll("runs");
  const used = new Set(runs.map(({ data }) => (data.kind === "stored" ? data.key : "")));
  for (const key of await stored.getAllKeys("datasets"))
    if (!used.has(key)) await stored.delete("datasets", key);
}
