import { resolve } from "node:path";
import type { ImageFormat } from "@nin/backend";
import type { ImageSetDescription } from "@nin/data";
import {
  DEFAULT_MEMORY_BYTES,
  type DecodeProgress,
  type DownloadProgress,
  type LoadedDataset,
  loadDataset,
} from "@nin/data/node";
import type { Architecture, Preprocessing } from "@nin/spec";
import type { DataLoading } from "@nin/training/node";
import { type Command, InvalidArgumentError } from "commander";
import { bytes, plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";
import { fraction } from "./numbers.js";

/** Options of how a data set of pictures is loaded. */
export interface LoadFlags {
  readonly testFraction?: number;
  readonly imageSize?: { readonly width: number; readonly height: number };
  readonly skipBroken?: boolean;
  /** Units: bytes. */
  readonly dataMemory?: number;
}

/** Which images to load, and how. */
export interface DataRequest {
  readonly source: string;
  /** How many training images to keep, from the start; all where it is absent or null. */
  readonly limit?: number | null;
  /** What a run remembers of how its data are loaded. */
  readonly loading?: DataLoading;
  /** More is kept in a file. Units: bytes. */
  readonly dataMemory?: number;
  /** The network, whose input gives pictures their size and channels. */
  readonly architecture: Architecture;
}

/** The options of commands that load data. */
export function addLoadOptions(command: Command): Command {
  return addDataMemoryOption(
    command
      .option(
        "--image-size <WxH>",
        "size of all images of a folder or CSV file, in pixels (default: the network's input)",
        imageSize,
      )
      .option(
        "--test-fraction <f>",
        "part of the images to test on, where a folder or CSV file has no test images (default: 0.2)",
        fraction,
      )
      .option("--skip-broken", "training without images that cannot be read, which are listed"),
  );
}

export function addDataMemoryOption(command: Command): Command {
  return command.option(
    "--data-memory <size>",
    "most memory for images, such as 512MB; larger sets are read from a file (default: 2GiB)",
    byteSize,
  );
}

/** What of the options a run remembers; undefined where there is nothing. */
export function loadingOf({ testFraction, imageSize, skipBroken }: LoadFlags): DataLoading | undefined {
  const loading = {
    ...(testFraction !== undefined && { testFraction }),
    ...(imageSize && { imageSize }),
    ...(skipBroken === true && { skipBroken }),
  };
  return Object.keys(loading).length === 0 ? undefined : loading;
}

/** `fashion-mnist`, `synthetic`, or an absolute path. */
export function dataSource(text: string): string {
  return text === "fashion-mnist" || text === "synthetic" || text === "" ? text : resolve(text);
}

/**
 * Loads a data set, and reports downloads, decoding, and what was omitted.
 *
 * @throws `DataError`, `MissingPackageError`; the interrupt
 */
export async function loadData(
  { source, limit, loading, dataMemory = DEFAULT_MEMORY_BYTES, architecture }: DataRequest,
  terminal: Terminal,
): Promise<LoadedDataset> {
  const { channels, height, width } = architecture.input;
  const data = await loadDataset(source, {
    ...{ channels, imageSize: { height, width }, dataMemoryBytes: dataMemory },
    ...loading,
    ...(limit !== undefined && limit !== null && { limit }),
    signal: terminal.signal,
    onProgress: downloadNotes(terminal),
    onDecodeProgress: decodingNotes(terminal),
  });
  for (const note of data.notes) terminal.note(`Note: ${note}`);
  for (const line of brokenLines(data.broken)) terminal.note(line);
  return data;
}

/** How many broken images are listed one by one. */
const SHOWN_BROKEN = 20;

function brokenLines(broken: LoadedDataset["broken"]): readonly string[] {
  if (broken.length === 0) return [];
  const shown = broken.slice(0, SHOWN_BROKEN).map(({ problem }) => `  ${problem}`);
  const more = broken.length - shown.length;
  const rest = more === 0 ? [] : [`  and ${more} more; nin data inspect lists all`];
  return [`Warning: omitted ${plural(broken.length, "image")} that cannot be read:`, ...shown, ...rest];
}

/** Between two lines about decoding, and before the first. Units: milliseconds. */
const DECODING_INTERVAL_MS = 10_000;

function decodingNotes(terminal: Pick<Terminal, "note">): (progress: DecodeProgress) => void {
  let notedAt = performance.now();
  return ({ split, count, totalCount }) => {
    if (performance.now() - notedAt < DECODING_INTERVAL_MS) return;
    notedAt = performance.now();
    terminal.note(`Decoding the ${split} images: ${count} of ${totalCount}`);
  };
}

/** Reports each tenth of a file. */
export function downloadNotes(terminal: Pick<Terminal, "note">): (progress: DownloadProgress) => void {
  let reported = "";
  return ({ file, receivedBytes, totalBytes }) => {
    const tenth = `${file} ${Math.floor((10 * receivedBytes) / totalBytes)}`;
    if (tenth === reported) return;
    reported = tenth;
    terminal.note(`Downloading ${file}: ${bytes(receivedBytes)} of ${bytes(totalBytes)}`);
  };
}

/** How the bytes of a data set's images become a network's input. */
export function imageFormat(
  { channels, height, width }: ImageSetDescription,
  preprocessing: Preprocessing,
): ImageFormat {
  return { channels, height, width, preprocessing };
}

/** Pixels of a side; larger ones would not fit any memory. */
const MAX_SIDE = 16_384;

/** Parses an option's value: `64x48`. */
function imageSize(text: string): { readonly width: number; readonly height: number } {
  const [width, height] = (/^([1-9]\d{0,4})[xX]([1-9]\d{0,4})$/.exec(text.trim()) ?? []).slice(1).map(Number);
  if (width !== undefined && height !== undefined && width <= MAX_SIDE && height <= MAX_SIDE) {
    return { width, height };
  }
  throw new InvalidArgumentError(
    `Expected width and height in pixels, such as 64x48, each up to ${MAX_SIDE}.`,
  );
}

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Parses an option's value: a number of bytes with a unit, `512MB`, or without. */
function byteSize(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[unit?.toLowerCase() || "b"];
  const size = Math.floor(Number(number) * (factor ?? Number.NaN));
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw new InvalidArgumentError("Expected a size such as 512MB, 2GiB, or a number of bytes.");
}
