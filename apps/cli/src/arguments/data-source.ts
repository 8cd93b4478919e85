import { resolve } from "node:path";
import type { ImageFormat } from "@nin/backend";
import { type DatasetPair, firstImages, type ImageDataset } from "@nin/data";
import { type DownloadProgress, loadDataset } from "@nin/data/node";
import type { Preprocessing } from "@nin/spec";
import { bytes } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";

/** `fashion-mnist`, `synthetic`, or a folder's absolute path. */
export function dataSource(text: string): string {
  return text === "fashion-mnist" || text === "synthetic" || text === "" ? text : resolve(text);
}

/**
 * Loads a data set and reports downloads.
 *
 * @param limit - how many training images to keep, from the start; all where it is absent or null
 * @throws `DataError`; the interrupt
 */
export async function loadData(
  source: string,
  terminal: Terminal,
  limit?: number | null,
): Promise<DatasetPair> {
  const { signal } = terminal;
  const pair = await loadDataset(source, { signal, onProgress: downloadNotes(terminal) });
  return limit === undefined || limit === null ? pair : { ...pair, train: firstImages(pair.train, limit) };
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
  { channels, height, width }: ImageDataset,
  preprocessing: Preprocessing,
): ImageFormat {
  return { channels, height, width, preprocessing };
}
