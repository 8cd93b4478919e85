import { at } from "@nin/spec";
import {
  CIFAR_10_BATCH,
  CIFAR_FORMATS,
  CIFAR_IMAGE_BYTES,
  CIFAR_SIZE,
  type CifarFormat,
} from "../cifar/format.js";
import type { DatasetPair, ImageDataset } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import { imageDataset } from "../dataset/image-dataset.js";
import { lumaOfPlanes } from "../dataset/planes.js";
import { type DatasetFile, fashionMnistClassNames, isFashionMnist } from "../idx/fashion-mnist.js";
import { parseIdx } from "../idx/format.js";
import { type IdxFile, pairFromIdx } from "../idx/pair-from-idx.js";
import { contentOf, type IdxName, parseIdxName } from "../idx/parse-idx-name.js";
import type { PictureFile } from "./dataset-from-files.js";

/** How files of records become a data set in a page. */
export interface RecordFilesOptions {
  readonly name: string;
  /** 1 makes colours grey. */
  readonly channels: number;
  /** The SHA-256 of bytes, in hexadecimal. */
  readonly sha256: (bytes: Uint8Array) => string | Promise<string>;
}

/** The data set of four IDX files, plain or `.gz`. Throws as `readIdxFolder` of `@nin/data/node` does. */
export async function pairFromIdxFiles(
  files: readonly PictureFile[],
  { name, channels, sha256 }: RecordFilesOptions,
): Promise<DatasetPair> {
  const found = new Map<DatasetFile, { readonly file: PictureFile; readonly parsed: IdxName }>();
  const prefixes = new Set<string>();
  for (const file of files) {
    const parsed = parseIdxName(file.name);
    if (parsed === undefined) continue;
    prefixes.add(parsed.prefix);
    const before = found.get(parsed.which);
    if (before === undefined || (before.parsed.isPacked && !parsed.isPacked))
      found.set(parsed.which, { file, parsed });
  }
  if (prefixes.size > 1)
    throw new DataError(
      name,
      "the IDX files of one data set",
      [...prefixes].map((one) => one || "one without a name").join(", "),
    );
  const read = async (which: DatasetFile): Promise<IdxFile> => {
    const one = found.get(which);
    if (one === undefined)
      throw new DataError(name, `an IDX file of ${contentOf(which)}`, "none", { code: "NIN_DATA_MISSING" });
    const { file, parsed } = one;
    const bytes = parsed.isPacked ? await gunzipped(file) : new Uint8Array(await file.arrayBuffer());
    const content = which.endsWith("Images") ? "images" : "labels";
    return { file: file.name, ...parseIdx(bytes, { file: file.name, content }) };
  };
  const arrays = {
    trainImages: await read("trainImages"),
    trainLabels: await read("trainLabels"),
    testImages: await read("testImages"),
    testLabels: await read("testLabels"),
  };
  return (await isFashionMnist(arrays, sha256))
    ? pairFromIdx({ name: "fashion-mnist", classNames: fashionMnistClassNames }, arrays)
    : pairFromIdx({ name, isGrey: channels === 1 }, arrays);
}

async function gunzipped(file: PictureFile): Promise<Uint8Array> {
  try {
    const { DecompressionStream, Response } = globalThis as unknown as PageStreams;
    const unpacked = file.stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(unpacked).arrayBuffer());
  } catch (error) {
    throw new DataError(file.name, "a whole gzip file", "a damaged or truncated one", { cause: error });
  }
}

/** What of a page is used here: this package is compiled without the types of pages. */
interface PageStreams {
  readonly DecompressionStream: new (
    format: "gzip",
  ) => { readonly readable: ReadableStream; readonly writable: WritableStream };
  readonly Response: new (body: ReadableStream) => { arrayBuffer(): Promise<ArrayBuffer> };
}

/** The data set of CIFAR's binary version. Throws as `cifarStreams` does in Node. */
export async function pairFromCifarFiles(
  files: readonly PictureFile[],
  format: CifarFormat,
  { name, channels }: RecordFilesOptions,
): Promise<DatasetPair> {
  const byName = new Map(files.map((file) => [file.name, file]));
  const { classes, names, test } = CIFAR_FORMATS[format];
  const text = await byName.get(names)?.text();
  const lines = text?.split(/\r?\n/).map((line) => line.trim());
  const classNames =
    lines?.filter((line) => line !== "") ?? Array.from({ length: classes }, (_, label) => `${label}`);
  const batches = [...byName.keys()].filter((each) => CIFAR_10_BATCH.test(each)).length;
  const trainNames =
    format === "cifar-100"
      ? ["train.bin"]
      : Array.from({ length: Math.max(1, batches) }, (_, index) => `data_batch_${index + 1}.bin`);
  const split = async (fileNames: readonly string[]): Promise<ImageDataset> => {
    const images: Uint8Array[] = [];
    const labels: number[] = [];
    for (const each of fileNames) {
      const file = byName.get(each);
      if (file === undefined)
        throw new DataError(each, `a file of ${format}'s binary version`, "nothing", {
          code: "NIN_DATA_MISSING",
        });
      addRecords(new Uint8Array(await file.arrayBuffer()), format, each, channels === 1, { images, labels });
    }
    const size = { channels: channels === 1 ? 1 : 3, height: CIFAR_SIZE, width: CIFAR_SIZE };
    return imageDataset({ name, images, labels, classNames, ...size });
  };
  return { train: await split(trainNames), test: await split([test]) };
}

function addRecords(
  bytes: Uint8Array,
  format: CifarFormat,
  file: string,
  isGrey: boolean,
  { images, labels }: { readonly images: Uint8Array[]; readonly labels: number[] },
): void {
  const { labelBytes, label } = CIFAR_FORMATS[format];
  const recordBytes = labelBytes + CIFAR_IMAGE_BYTES;
  if (bytes.length === 0 || bytes.length % recordBytes !== 0) {
    const expected = `records of ${recordBytes} bytes (the binary version), at least one`;
    throw new DataError(file, expected, `${bytes.length} bytes`);
  }
  for (let start = 0; start < bytes.length; start += recordBytes) {
    labels.push(at(bytes, start + label));
    const image = bytes.slice(start + labelBytes, start + recordBytes);
    if (isGrey) lumaOfPlanes(image, image);
    images.push(isGrey ? image.subarray(0, CIFAR_SIZE * CIFAR_SIZE) : image);
  }
}
