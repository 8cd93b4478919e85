/**
 * A thread, started by its file, that reads images of one cache file for `StoredImages`.
 *
 * @packageDocumentation
 * @internal
 */
import { parentPort, workerData } from "node:worker_threads";
import type { CacheContent } from "./cache-file.js";
import { CacheFileReader } from "./cache-file-reader.js";

/** What the thread is given. */
export interface ReaderTask {
  readonly path: string;
  readonly content: CacheContent;
}

/** The images at these positions are wanted. */
export type ReaderRequest = Uint32Array;

/** The first answer is about the file, each further one about the next request, in order. */
export type ReaderAnswer =
  | { readonly kind: "opened"; readonly sha256: string }
  | { readonly kind: "unusable" }
  | { readonly kind: "images"; readonly images: Uint8Array }
  | { readonly kind: "failed"; readonly error: unknown };

const port = parentPort;
if (port === null) throw new Error("reader-worker.js is started by StoredImages");

const answer = (work: () => ReaderAnswer): void => {
  try {
    const message = work();
    port.postMessage(message, message.kind === "images" ? [message.images.buffer as ArrayBuffer] : []);
  } catch (error) {
    port.postMessage({ kind: "failed", error } satisfies ReaderAnswer);
  }
};

let reader: CacheFileReader | undefined;
answer(() => {
  const { path, content } = workerData as ReaderTask;
  reader = CacheFileReader.open(path, content);
  return reader === undefined ? { kind: "unusable" } : { kind: "opened", sha256: reader.sha256 };
});

port.on("message", (positions: ReaderRequest) => {
  answer(() => {
    if (reader === undefined) throw new Error("a file that is not open");
    return { kind: "images", images: reader.read(positions) };
  });
});
