import { join } from "node:path";
import { userCacheFolder } from "@nin/files";
import type { DatasetPair } from "./dataset.js";
import { DataError } from "./errors.js";
import { type CachedSet, fillCache, readCachedSet } from "./files/cached-set.js";
import { fashionMnistClassNames, fashionMnistFiles, fashionMnistMirrors } from "./files/fashion-mnist.js";
import { readImageFolder } from "./files/image-folder.js";
import type { Patience } from "./files/rate-watch.js";
import type { DownloadProgress } from "./files/transfer.js";
import { syntheticDataset } from "./synthetic/index.js";

/** How a data set is loaded. */
export interface LoadOptions extends Patience {
  /** Called while a file is downloaded. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
  /** Where downloads are kept; the user's cache by default. */
  readonly cacheFolder?: string;
  /**
   * Folders on the web to download from, in turn; by default the one in `NIN_DATA_MIRROR`, or
   * Fashion-MNIST's published ones. A user and a password in the URL are sent to its host alone; neither they nor a
   * query are in messages.
   */
  readonly mirrors?: readonly string[];
  /**
   * Where `NIN_DATA_DIR`, `NIN_DATA_MIRROR` and the proxies `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are looked up;
   * the process's environment by default.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Where Fashion-MNIST was put, and which files had to be downloaded. */
export interface FetchedDataset {
  readonly folder: string;
  readonly downloaded: readonly string[];
}

/**
 * Loads `fashion-mnist`, `synthetic` or a folder of four IDX files.
 *
 * Fashion-MNIST comes from the folder in `NIN_DATA_DIR` alone when that is set, else from the
 * user's cache, into which it is downloaded first where need be, checked by SHA-256. A folder is
 * the only place looked in, and may hold other images of ten classes.
 *
 * Throws: `DataError` (see `DataErrorCode`); the signal's reason when aborted.
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

/** Downloads what the cache lacks of Fashion-MNIST, whatever `NIN_DATA_DIR` says. Throws: as `loadDataset`. */
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
