import { type DatasetPair, firstImages, syntheticDataset } from "@nin/data";
import { datasetFromFiles } from "@nin/data/browser";
import { describeDataBy } from "@nin/training";
import { PageError } from "../contract/page-error.js";
import type { DataDescription, DataRequest } from "../contract/protocol.js";
import { readStoredDataset } from "../storage/datasets.js";
import { createSha256, sha256Hex } from "./sha256.js";

/** A data set in memory, and what the page knows of it. */
export interface LoadedData {
  readonly pair: DatasetPair;
  readonly description: DataDescription;
  /** What `config.json` says of where it comes from. */
  readonly source: string;
  readonly limit: number | null;
  /** Whether it would be gone with the page. */
  readonly isDropped: boolean;
}

/** Images that the page may show. */
const SAMPLES = 60;

/** @throws what says in one sentence why there is no such data set */
export async function loadDataset(request: DataRequest): Promise<LoadedData> {
  switch (request.kind) {
    case "synthetic":
      return loaded(syntheticDataset(), { key: "synthetic", source: "synthetic" });
    case "fashion-mnist": {
      const { train, test } = await fetchedFashionMnist();
      const { limit } = request;
      const pair = limit === undefined ? { train, test } : { train: firstImages(train, limit), test };
      const key = limit === undefined ? "fashion-mnist" : `fashion-mnist ${limit}`;
      return loaded(pair, { key, source: "fashion-mnist", limit: limit ?? null });
    }
    case "stored": {
      const { name, pair } = await readStoredDataset(request.key);
      return loaded(pair, { key: request.key, source: name, name });
    }
    case "files": {
      const paths = new Map<Blob, string>(request.files.map(({ file, path }) => [file, path]));
      const { name, channels, height, width } = request;
      const pair = await datasetFromFiles(
        request.files.map(({ file }) => file),
        { name, channels, height, width, sha256: sha256Hex, pathOf: (file) => paths.get(file) ?? file.name },
      );
      if (pair.train.name === "fashion-mnist")
        return loaded(pair, { key: "fashion-mnist", source: "fashion-mnist" });
      const key = await keyOf(pair);
      return loaded(pair, { key, source: name, name, isDropped: true });
    }
  }
}

/** The same for the same images and labels. */
async function keyOf(pair: DatasetPair): Promise<string> {
  const { train, test } = await describeDataBy(hashing, pair, "", null);
  return `${train.sha256.slice(0, 16)}-${test.sha256.slice(0, 16)}`;
}

export const hashing = {
  createSha256,
  pause: () => new Promise<void>((resolve) => setTimeout(resolve)),
};

/** What the server of the page has: the files of each set. */
export interface ServedSets {
  readonly sets: Readonly<Record<string, readonly string[]>>;
}

async function fetchedFashionMnist(): Promise<DatasetPair> {
  const { sets } = (await (await fetched("index.json")).json()) as ServedSets;
  const names = sets["fashion-mnist"];
  if (names === undefined)
    throw new PageError(
      "the server of this page has no Fashion-MNIST: use the shapes, or drop its four files",
    );
  const files = await Promise.all(
    names.map(async (name) => new File([await (await fetched(`fashion-mnist/${name}`)).blob()], name)),
  );
  const options = { name: "fashion-mnist", channels: 1, height: 28, width: 28, sha256: sha256Hex };
  return datasetFromFiles(files, options);
}

async function fetched(path: string): Promise<Response> {
  const response = await fetch(`${dataFolder}${path}`).catch(() => undefined);
  if (response === undefined)
    throw new PageError(
      "the server of this page does not answer: start nin playground again, or use the shapes",
    );
  if (response.ok) return response;
  throw new PageError(
    `the server of this page cannot give ${path} (status ${response.status}): use the shapes, or drop the files`,
  );
}

/** Where the server has data: next to the page. The worker is in a folder of its own. */
let dataFolder = "";

export function setDataFolder(url: string): void {
  dataFolder = url;
}

function loaded(
  pair: DatasetPair,
  {
    key,
    source,
    name = pair.train.name,
    limit = null,
    isDropped = false,
  }: {
    readonly key: string;
    readonly source: string;
    readonly name?: string;
    readonly limit?: number | null;
    readonly isDropped?: boolean;
  },
): LoadedData {
  const { train, test } = pair;
  const { classNames, channels, height, width } = train;
  const count = Math.min(SAMPLES, test.count);
  const description = {
    ...{ key, name, classNames, channels, height, width },
    trainCount: train.count,
    testCount: test.count,
    // A copy: the images' own memory stays here.
    sampleImages: Uint8Array.from(test.images.subarray(0, count * channels * height * width)),
    sampleLabels: Array.from(test.labels.subarray(0, count)),
  };
  return { pair, description, source, limit, isDropped };
}
