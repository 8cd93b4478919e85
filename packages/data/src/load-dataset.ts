import { join } from "node:path";
import { userCacheFolder } from "@nin/files";
import { cifarStreams } from "./cifar/cifar-folder.js";
import type { DatasetPair, ImageDataset, ImageSource } from "./dataset/dataset.js";
import { DataError } from "./dataset/errors.js";
import { firstOfStream } from "./dataset/lazy-stream.js";
import { firstImages } from "./dataset/subset.js";
import { type CachedSet, fillCache, readCachedSet } from "./download/cached-set.js";
import type { Patience } from "./download/rate-watch.js";
import type { DownloadProgress } from "./download/transfer.js";
import { fashionMnistClassNames, fashionMnistFiles, fashionMnistMirrors } from "./idx/fashion-mnist.js";
import { idxImageBytes, idxStreams, readIdxFolder } from "./idx/idx-folder.js";
import { loadImageFolder, loadPictures, requireNoFraction } from "./loading/load-pictures.js";
import { materializeSplits } from "./loading/materialize-splits.js";
import type { DatasetFormat, ImageLoadOptions, LoadedDataset } from "./loading/options.js";
import { csvPath, recognise } from "./loading/recognise.js";
import { listCsv } from "./pictures/csv.js";
import { syntheticDataset } from "./synthetic/synthetic.js";

/** How a data set is loaded. */
export interface LoadOptions extends Patience, ImageLoadOptions {
  /** Called while a file is downloaded. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /**
   * URLs of folders to download from, tried in turn; by default the one in `NIN_DATA_MIRROR`, or those where
   * Fashion-MNIST is published. A user and a password in the URL are sent to its host only; neither they nor a query
   * appear in messages.
   */
  readonly mirrors?: readonly string[];
  /**
   * The environment with `NIN_DATA_DIR`, `NIN_DATA_MIRROR` and the proxies `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`;
   * by default the process's.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The folder of Fashion-MNIST, and which of its files were downloaded. */
export interface FetchedDataset {
  readonly folder: string;
  readonly downloaded: readonly string[];
}

/**
 * Loads `fashion-mnist`, `synthetic`, or a folder or CSV list of images, recognised by what is in it:
 *
 * - pictures: `train/<class>/...` and `test/<class>/...`, or `<class>/...` alone
 * - `images.csv`, or any `.csv`: a list of pictures with the columns `path`, `label` and perhaps `split`
 * - IDX: MNIST's or EMNIST's four files, plain or `.gz`
 * - CIFAR-10's or CIFAR-100's binary version
 *
 * Fashion-MNIST is read from the folder in `NIN_DATA_DIR` when that is set, and otherwise from the user's cache, to
 * which missing files are downloaded, checked by SHA-256.
 *
 * @returns images in memory, or, if `dataMemoryBytes` is given and they do not fit, in a file
 * @throws DataError (see `DataErrorCode`)
 * @throws `MissingPackageError` for pictures without `sharp`
 * @throws the signal's reason when it aborts
 *
 * @example
 * ```ts
 * const { train, test } = await loadDataset("fashion-mnist");
 * ```
 */
export function loadDataset(
  source: string,
  options?: LoadOptions & { readonly dataMemoryBytes?: never },
): Promise<LoadedDataset<ImageDataset>>;
export function loadDataset(source: string, options: LoadOptions): Promise<LoadedDataset>;
export async function loadDataset(source: string, options: LoadOptions = {}): Promise<LoadedDataset> {
  options.signal?.throwIfAborted();
  if (source === "") {
    throw new DataError("data", "fashion-mnist, synthetic, a folder or a .csv", "nothing", {
      code: "NIN_DATA_OPTION",
    });
  }
  if (source === "synthetic") return loaded("synthetic", syntheticDataset(), options);
  if (source !== "fashion-mnist") return loadFolder(source, options);
  const { NIN_DATA_DIR: folder } = options.env ?? process.env;
  const pair =
    folder !== undefined && folder !== ""
      ? await readIdxFolder(folder, options)
      : await readCachedSet(fashionMnist(options));
  return loaded("fashion-mnist", pair, options);
}

/** Loads what a user's folder or list has, by its format. */
async function loadFolder(source: string, options: LoadOptions): Promise<LoadedDataset> {
  const { format, names } = await recognise(source);
  switch (format) {
    case "csv":
      return loadPictures(await listCsv(csvPath(source, names)), "csv", options);
    case "image-folder":
      return loadImageFolder(source, options);
    case "idx": {
      const { dataMemoryBytes } = options;
      if (dataMemoryBytes === undefined || (await idxImageBytes(source)) <= dataMemoryBytes)
        return loaded("idx", await readIdxFolder(source, options), options);
      return loadedStreams("idx", await idxStreams(source, options), options);
    }
    default:
      return loadedStreams(format, await cifarStreams(source, names, options), options);
  }
}

async function loadedStreams(
  format: DatasetFormat,
  { train, test }: Awaited<ReturnType<typeof idxStreams>>,
  options: LoadOptions,
): Promise<LoadedDataset> {
  const streams = { train: firstOfStream(train, options.limit), test };
  return loaded(format, await materializeSplits(streams, options), options);
}

function loaded(
  format: DatasetFormat,
  pair: DatasetPair<ImageSource>,
  { testFraction, limit }: LoadOptions,
): LoadedDataset {
  requireNoFraction(pair.train.name, testFraction);
  const train = limit === undefined ? pair.train : firstImages(pair.train, limit);
  return { train, test: pair.test, format, hasNamedClasses: false, broken: [], notes: [] };
}

/** Downloads the files of Fashion-MNIST that the cache lacks, regardless of `NIN_DATA_DIR`. Throws as `loadDataset` does. */
export async function fetchFashionMnist(options: LoadOptions = {}): Promise<FetchedDataset> {
  const set = fashionMnist(options);
  return { folder: set.folder, downloaded: await fillCache(set) };
}

function fashionMnist({ cacheFolder, mirrors, env, ...download }: LoadOptions): CachedSet {
  const folder = join(cacheFolder ?? userCacheFolder(), "fashion-mnist");
  return {
    name: "fashion-mnist",
    classNames: fashionMnistClassNames,
    files: fashionMnistFiles,
    folder,
    mirrors: mirrors ?? mirrorsFrom(env),
    ...(env === undefined ? {} : { env }),
    ...download,
  };
}

function mirrorsFrom({ NIN_DATA_MIRROR: mirror }: NonNullable<LoadOptions["env"]> = process.env) {
  return mirror === undefined || mirror === "" ? fashionMnistMirrors : [mirror];
}
