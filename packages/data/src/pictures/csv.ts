import { isUtf8 } from "node:buffer";
import { dirname, resolve } from "node:path";
import { FileError, readFileBounded } from "@nin/files";
import { at, shownText } from "@nin/spec";
import { CsvError, type Info, parse } from "csv-parse/sync";
import { orderedClasses, quoted } from "../dataset/classes.js";
import { DataError } from "../dataset/errors.js";
import type { LabelledFile, PictureSet } from "./picture-set.js";

/** The largest list. Units: bytes. */
const MAX_BYTES = 2 ** 28;

/** Longer paths would make messages of several screens; no one has such. Units: characters. */
const MAX_PATH_LENGTH = 1024;

/** A row of the list. */
interface Row {
  /** From 1. */
  readonly line: number;
  readonly path: string;
  readonly label: string;
  readonly split: "train" | "test";
}

/**
 * Reads a list of pictures: CSV (RFC 4180) in UTF-8 with a header that has `path`, `label` and, where the list says so,
 * `split` (`train` or `test`), in any order; other columns are passed over. Paths are relative to the list's folder.
 * Labels are names, classes in code-point order; rows keep their order.
 *
 * @throws DataError naming the line
 */
export async function listCsv(file: string): Promise<PictureSet> {
  const name = resolve(file);
  const [header, ...lines] = await recordsOf(name);
  if (header === undefined) throw new DataError(name, "a header path,label[,split]", "an empty file");
  const columns = columnsOf(name, header.record);
  const rows = lines.map((line) => rowOf(name, columns, line));
  const hasSplit = columns.split !== undefined;
  const train = rows.filter(({ split }) => split === "train");
  const test = rows.filter(({ split }) => split === "test");
  if (train.length === 0) throw new DataError(name, "at least one row of training images", "none");
  if (hasSplit && test.length === 0)
    throw new DataError(name, "at least one row whose split is test, or no column split", "none");
  const classNames = orderedClasses(
    rows.map(({ label }) => label),
    name,
  );
  const labels = new Map(classNames.map((label, index) => [label, index]));
  const trained = new Set(train.map(({ label }) => label));
  const untrained = test.find(({ label }) => !trained.has(label));
  if (untrained !== undefined) {
    const found = `${quoted(untrained.label)} on line ${untrained.line} alone`;
    throw new DataError(name, "training images of every class", found);
  }
  const labelled = (some: readonly Row[]): readonly LabelledFile[] =>
    some.map(({ path, label }) => ({ path: resolve(dirname(name), path), label: Number(labels.get(label)) }));
  return {
    name,
    classNames,
    train: labelled(train),
    test: hasSplit ? labelled(test) : undefined,
    isRoundRobin: false,
    notes: [],
  };
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: Info;
}

async function recordsOf(file: string): Promise<readonly CsvRecord[]> {
  const bytes = await readList(file);
  if (!isUtf8(bytes)) throw new DataError(file, "CSV in UTF-8", "another encoding");
  try {
    return parse(bytes, { bom: true, info: true, skip_empty_lines: true }) as unknown as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new DataError(file, "CSV", shownText(error.message), { cause: error });
  }
}

async function readList(file: string): Promise<Buffer> {
  try {
    return await readFileBounded(file, { maxBytes: MAX_BYTES });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const code = error.code === "NIN_FILE_MISSING" ? "NIN_DATA_MISSING" : "NIN_DATA";
    throw new DataError(file, "a readable list", `one that ${error.problem}`, { code, cause: error });
  }
}

interface Columns {
  readonly path: number;
  readonly label: number;
  readonly split: number | undefined;
}

function columnsOf(file: string, header: readonly string[]): Columns {
  const names = header.map((name) => name.trim());
  const twice = ["path", "label", "split"].find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  const [path, label, split] = [names.indexOf("path"), names.indexOf("label"), names.indexOf("split")];
  if (path < 0 || label < 0 || twice !== undefined)
    throw new DataError(file, "a header with path and label, separated by a comma", quoted(header.join(",")));
  return { path, label, split: split < 0 ? undefined : split };
}

function rowOf(file: string, columns: Columns, { record, info }: CsvRecord): Row {
  const refused = (expected: string, found: string): DataError =>
    new DataError(file, `${expected} on line ${info.lines}`, found);
  const [path, label] = [at(record, columns.path), at(record, columns.label)];
  if (path === "") throw refused("a path", "none");
  if (/^[a-z]{2,}:\/\//i.test(path)) throw refused("the path of a file", `an address, ${quoted(path)}`);
  if (path.includes("\0") || path.length > MAX_PATH_LENGTH) throw refused("the path of a file", quoted(path));
  if (label.trim() === "") throw refused("a label", "none");
  const split = columns.split === undefined ? "train" : at(record, columns.split);
  if (split !== "train" && split !== "test") throw refused("train or test as split", quoted(split));
  return { line: info.lines, path, label, split };
}
