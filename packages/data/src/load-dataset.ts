import { join } from "node:path";
import { userCacheFolder } from "@nin/files";
import type { DatasetPair } from "./dataset/dataset.js";
import { DataError } from "./dataset/errors.js";
import { type CachedSet, fillCache, readCachedSet } from "./download/cached-set.js";
import type { Patience } from "./download/rate-watch.js";
import type { DownloadProgress } from "./download/transfer.js";
import { fashionMnistClassNames, fashionMnistFiles, fashionMnistMirrors } from "./idx/fashion-mnist.js";
import { readImageFolder } from "./idx/idx-folder.js";
import { syntheticDataset } from "./synthetic/synthetic.js";

/** How a data set is loaded. */
export interface LoadOptions extends Patience {
  /** Called while a file is downloaded. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
  /** The folder for downloads; the user's cache by default. */
  readonly cacheFolder?: string;
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
 * Loads `fashion-mnist`, `synthetic` or a folder of four IDX files.
 *
 * Fashion-MNIST is read from the folder in `NIN_DATA_DIR` when that is set, and otherwise from the user's cache, to
 * which missing files are downloaded, checked by SHA-256. A folder may contain other images with ten classes.
 *
 * @throws DataError (see `DataErrorCode`)
 * @throws the signal's reason when it aborts
 *
 * @example
 * ```ts
 * const { train, test } = await loadDataset("fashion-mnist");
 * ```
 */
export async function loadDataset(source: string, options: LoadOptions = {}): Promise<DatasetPair> {
  options.signal?.throwIfAborted();
  if (source === "synthetic") return syntheticDataset();
  if (source === "") {
    throw new DataError("data", "fashion-mnist, synthetic or a folder", "nothing", {
      code: "NIN_DATA_OPTION",
    });
  }
  if (source !== "fashion-mnist") return readImageFolder(source, options.signal);
  const { NIN_DATA_DIR: folder } = options.env ?? process.env;
  if (folder !== undefined && folder !== "") return readImageFolder(folder, options.signal);
  return readCachedSet(fashionMnist(options));
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
