import type { Dataset, ImageFormat } from "@nin/backend";
import type { ImageDataset } from "@nin/data";
import { loadDataset } from "@nin/data/node";
import type { LoadedJob } from "../workload/read-job";

/** The data that a job names, and how its bytes become inputs. */
export interface DataSplit {
  readonly images: ImageFormat;
  readonly train: Dataset;
  readonly test: ImageDataset;
}

/** Undefined where the job names no data. Throws: `DataError`. */
export async function openData({ data, recipe }: LoadedJob): Promise<DataSplit | undefined> {
  if (data === undefined) return undefined;
  const { train, test } = await loadDataset(data);
  const { channels, height, width } = train;
  return { images: { channels, height, width, preprocessing: recipe.preprocessing }, train, test };
}
