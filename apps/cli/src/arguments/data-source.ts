import { resolve } from "node:path";
import { type DatasetPair, firstImages } from "@nin/data";
import { type DownloadProgress, loadDataset } from "@nin/data/node";
import { bytes } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";

/** `fashion-mnist`, `synthetic`, or a folder's absolute path. */
export function dataSource(text: string): string {
  return text === "fashion-mnist" || text === "synthetic" || text === "" ? text : resolve(text);
}

/** Loads a data set, telling of downloads. Throws: `DataError`; the interrupt. */
export async function loadData(
  source: string,
  terminal: Terminal,
  limit?: number | null,
): Promise<DatasetPair> {
  const { signal } = terminal;
  const pair = await loadDataset(source, { signal, onProgress: downloadNotes(terminal) });
  return limit === undefined || limit === null ? pair : { ...pair, train: firstImages(pair.train, limit) };
}

/** A line for each tenth of a file. */
export function downloadNotes(terminal: Pick<Terminal, "note">): (progress: DownloadProgress) => void {
  let told = "";
  return ({ file, receivedBytes, totalBytes }) => {
    const tenth = `${file} ${Math.floor((10 * receivedBytes) / totalBytes)}`;
    if (tenth === told) return;
    told = tenth;
    terminal.note(`Downloading ${file}: ${bytes(receivedBytes)} of ${bytes(totalBytes)}`);
  };
}
