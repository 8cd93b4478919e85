import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemReason } from "@nin/files";
import { cifarFormat } from "../cifar/format.js";
import { DataError } from "../dataset/errors.js";
import { isIdxName } from "../idx/parse-idx-name.js";
import type { DatasetFormat } from "./options.js";

const CSV_NAME = "images.csv";

/** The format of a folder or list, and the names that are in the folder. */
export async function recognise(source: string): Promise<{
  readonly format: Exclude<DatasetFormat, "fashion-mnist" | "synthetic">;
  readonly names: readonly string[];
}> {
  const names = await namesIn(source);
  if (names === undefined) return { format: "csv", names: [] };
  const cifar = cifarFormat(names);
  const found = [
    ...(names.includes(CSV_NAME) ? (["csv"] as const) : []),
    ...(names.some(isIdxName) ? (["idx"] as const) : []),
    ...(cifar === undefined ? [] : [cifar]),
  ];
  const [format = "image-folder", ...others] = found;
  if (others.length === 0) return { format, names };
  throw new DataError(source, "the files of one data set", `those of ${found.join(" and ")}`);
}

/** The list of a data set in CSV: the source itself, or the one in the folder with these names. */
export function csvPath(source: string, names: readonly string[]): string {
  return names.length === 0 ? source : join(source, CSV_NAME);
}

/** The names in a folder; nothing where there is a `.csv`. */
async function namesIn(source: string): Promise<readonly string[] | undefined> {
  const expected = "a folder of images (or of IDX or CIFAR files), or a .csv";
  try {
    const info = await stat(source);
    if (info.isDirectory()) return await readdir(source);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const found = isMissing ? "nothing" : systemReason(error);
    throw new DataError(source, expected, found, { code: "NIN_DATA_MISSING", cause: error });
  }
  if (source.toLowerCase().endsWith(".csv")) return undefined;
  throw new DataError(source, expected, "another file", { code: "NIN_DATA_MISSING" });
}
