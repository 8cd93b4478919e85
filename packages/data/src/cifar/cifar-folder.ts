import { join, resolve } from "node:path";
import { FileError, readTextBounded } from "@nin/files";
import { at } from "@nin/spec";
import { quoted, requireClassCount } from "../dataset/classes.js";
import { classLabels } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import { fileRecords, filesHash, requireFile } from "../dataset/file-records.js";
import type { LazyStream } from "../dataset/lazy-stream.js";
import { lumaOfPlanes } from "../dataset/planes.js";
import {
  CIFAR_10_BATCH,
  CIFAR_FORMATS,
  CIFAR_IMAGE_BYTES,
  CIFAR_SIZE,
  type CifarFormat,
  cifarFormat,
} from "./format.js";

/** The largest list of names of classes. Units: bytes. */
const MAX_NAMES_BYTES = 2 ** 20;

/**
 * Reads a folder of CIFAR-10's or CIFAR-100's binary version (of the latter the fine labels): 32 x 32 images in colour.
 * The names of the classes are the lines of `batches.meta.txt` or `fine_label_names.txt`; where there is none, they are
 * numbers. CIFAR-10's batches are those from 1 on without a gap.
 *
 * @param names - of the folder's files
 * @param channels - 1 makes them grey
 * @throws DataError
 *
 * Source: Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009; the binary version's description.
 */
export async function cifarStreams(
  folder: string,
  names: readonly string[],
  { channels, signal }: { readonly channels?: number; readonly signal?: AbortSignal } = {},
): Promise<{ readonly train: LazyStream; readonly test: LazyStream; readonly format: CifarFormat }> {
  const format = cifarFormat(names) ?? "cifar-10";
  const classNames = await classNamesOf(folder, format);
  const description = { name: resolve(folder), classNames, isGrey: channels === 1, format };
  const train = trainingFiles(folder, names, format);
  const test = [join(folder, CIFAR_FORMATS[format].test)];
  return {
    train: await streamOf(train, description, signal),
    test: await streamOf(test, description, signal),
    format,
  };
}

function trainingFiles(folder: string, names: readonly string[], format: CifarFormat): readonly string[] {
  if (format === "cifar-100") return [join(folder, "train.bin")];
  const numbers = names
    .flatMap((name) => CIFAR_10_BATCH.exec(name)?.slice(1).map(Number) ?? [])
    .sort((one, other) => one - other);
  const count = Math.max(1, ...numbers);
  const missing = Array.from({ length: count }, (_, index) => index + 1).find(
    (each) => !numbers.includes(each),
  );
  if (missing === undefined) return numbers.map((each) => join(folder, `data_batch_${each}.bin`));
  const file = join(folder, `data_batch_${missing}.bin`);
  throw new DataError(file, "a batch of CIFAR-10's binary version", "nothing", { code: "NIN_DATA_MISSING" });
}

async function classNamesOf(folder: string, format: CifarFormat): Promise<readonly string[]> {
  const { classes, names } = CIFAR_FORMATS[format];
  const file = join(folder, names);
  try {
    const text = await readTextBounded(file, { maxBytes: MAX_NAMES_BYTES, regularOnly: true });
    const lines = text.split(/\r?\n/).map((line) => line.trim());
    const found = lines.filter((line) => line !== "");
    requireClassCount(found.length, file);
    const twice = found.find((name, index) => found.indexOf(name) !== index);
    if (twice !== undefined)
      throw new DataError(file, "a name of its own for each class", `${quoted(twice)} twice`);
    if (found.length <= 256) return found;
    throw new DataError(file, "the names of at most 256 classes", `${found.length}`);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (error.code === "NIN_FILE_MISSING") return Array.from({ length: classes }, (_, label) => `${label}`);
    throw new DataError(file, "the names of the classes, or nothing", `one that ${error.problem}`, {
      cause: error,
    });
  }
}

interface Description {
  readonly name: string;
  readonly classNames: readonly string[];
  readonly isGrey: boolean;
  readonly format: CifarFormat;
}

/** The labels are read first: a file's records are read twice, the images the second time. */
async function streamOf(
  files: readonly string[],
  { name, classNames, isGrey, format }: Description,
  signal: AbortSignal | undefined,
): Promise<LazyStream> {
  const { labelBytes, label } = CIFAR_FORMATS[format];
  const recordBytes = labelBytes + CIFAR_IMAGE_BYTES;
  const counts: number[] = [];
  for (const file of files) counts.push(await recordCount(file, recordBytes));
  const count = counts.reduce((sum, each) => sum + each, 0);
  const labels = classLabels(count, classNames.length);
  async function* records(ofSignal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
    for (const [index, file] of files.entries()) {
      const layout = { headerBytes: 0, recordBytes, count: at(counts, index) };
      yield* fileRecords(file, layout, ofSignal);
    }
  }
  let position = 0;
  for await (const record of records(signal)) {
    const value = at(record, label);
    if (value >= classNames.length) {
      const file = fileOf(position, files, counts);
      throw new DataError(
        file,
        `labels from 0 to ${classNames.length - 1}`,
        `${value} in record ${position}`,
      );
    }
    labels[position] = value;
    position += 1;
  }
  async function* decode(ofSignal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
    for await (const record of records(ofSignal)) {
      const image = record.subarray(labelBytes);
      if (isGrey) lumaOfPlanes(image, image);
      yield image.slice(0, isGrey ? CIFAR_SIZE * CIFAR_SIZE : CIFAR_IMAGE_BYTES);
    }
  }
  return {
    ...{ name, classes: classNames.length, classNames, labels, count },
    ...{ channels: isGrey ? 1 : 3, height: CIFAR_SIZE, width: CIFAR_SIZE },
    key: async (ofSignal) => `${format} 1 ${isGrey} ${await filesHash(files, ofSignal)}`,
    decode,
  };
}

async function recordCount(file: string, recordBytes: number): Promise<number> {
  const { size } = await requireFile(file);
  const count = size / recordBytes;
  if (Number.isInteger(count) && count > 0) return count;
  const expected = `records of ${recordBytes} bytes (the binary version), at least one`;
  throw new DataError(file, expected, `${size} bytes`);
}

function fileOf(position: number, files: readonly string[], counts: readonly number[]): string {
  let end = 0;
  const index = counts.findIndex((count) => {
    end += count;
    return position < end;
  });
  return at(files, index);
}
