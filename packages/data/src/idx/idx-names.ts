import { join } from "node:path";
import { DataError } from "../dataset/errors.js";
import type { DatasetFile } from "./fashion-mnist.js";
import { contentOf, parseIdxName } from "./parse-idx-name.js";

/** Where the files of a data set are. */
export interface IdxPaths {
  /** What their names begin with: `emnist-letters`; empty for MNIST's own. */
  readonly prefix: string;
  readonly files: Readonly<Partial<Record<DatasetFile, IdxPath>>>;
}

/** A file, plain or packed with gzip. */
export interface IdxPath {
  readonly path: string;
  readonly isPacked: boolean;
}

/**
 * The four files of the data set in a folder; a plain one before one with `.gz`.
 *
 * @param names - of the folder's files
 * @throws DataError for the files of several data sets, and for several of the same content
 */
export function idxPaths(folder: string, names: readonly string[]): IdxPaths {
  const files: Partial<Record<DatasetFile, IdxPath>> = {};
  const prefixes = new Set<string>();
  for (const name of names) {
    const parsed = parseIdxName(name);
    if (parsed === undefined) continue;
    const { prefix, which, isPacked } = parsed;
    prefixes.add(prefix);
    const found = files[which];
    if (found === undefined || (found.isPacked && !isPacked))
      files[which] = { path: join(folder, name), isPacked };
    else if (found.isPacked === isPacked && prefixes.size === 1)
      throw new DataError(folder, `one file of ${contentOf(which)}`, `${found.path} and ${name}`);
  }
  if (prefixes.size > 1) {
    const found = [...prefixes].map((prefix) => prefix || "one without a name").join(", ");
    throw new DataError(
      folder,
      "the IDX files of one data set (move the others to folders of their own)",
      found,
    );
  }
  const [prefix = ""] = prefixes;
  return { prefix, files };
}

/**
 * The path of a file of the data set.
 *
 * @throws DataError (`NIN_DATA_MISSING`), with the name that it should have
 */
export function requireIdxPath(folder: string, { prefix, files }: IdxPaths, which: DatasetFile): IdxPath {
  const found = files[which];
  if (found !== undefined) return found;
  const content = which.endsWith("Images") ? "images-idx3-ubyte" : "labels-idx1-ubyte";
  const test = prefix === "" ? "t10k" : "test";
  const name = `${prefix === "" ? "" : `${prefix}-`}${which.startsWith("train") ? "train" : test}-${content}`;
  throw new DataError(join(folder, name), "an IDX file, plain or with .gz", "nothing", {
    code: "NIN_DATA_MISSING",
  });
}
