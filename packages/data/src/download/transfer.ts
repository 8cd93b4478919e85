import type { FileHandle } from "node:fs/promises";
import { STATUS_CODES } from "node:http";
import { shownText } from "@nin/spec";
import type { PublishedFile } from "../idx/fashion-mnist.js";
import { MirrorError } from "./errors.js";
import type { MirrorFile } from "./mirror.js";
import type { Answer, Web } from "./proxies.js";
import { type Patience, watchRate } from "./rate-watch.js";

/** The progress of a file's download. */
export interface DownloadProgress {
  /** The file's name. */
  readonly file: string;
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

export interface TransferOptions extends Patience {
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

/** What to download, and from where. */
export interface Transfer {
  readonly web: Web;
  readonly source: MirrorFile;
  readonly file: PublishedFile;
}

/** Statuses with which a server may refuse a range although it would deliver the whole file. */
const REFUSES_RANGES: readonly number[] = [206, 400, 412, 416, 501];

/**
 * Appends the rest of a file to a part, or writes the whole file again when the server does not deliver ranges.
 *
 * @param present - the number of bytes that the part has
 * @throws MirrorError, errors of `fetch` and of the file system, the signal's reason
 */
export async function transfer(
  { web, source, file }: Transfer,
  handle: FileHandle,
  present: number,
  { onProgress, signal, ...patience }: TransferOptions,
): Promise<void> {
  using watch = watchRate(patience);
  const either = signal === undefined ? watch.signal : AbortSignal.any([signal, watch.signal]);
  const ask = (from: number) =>
    web.fetch(source.url, {
      headers: {
        // Otherwise a server may compress the file again, and ranges would count compressed bytes.
        "accept-encoding": "identity",
        ...(source.authorization === undefined ? {} : { authorization: source.authorization }),
        ...(from > 0 ? { range: `bytes=${from}-` } : {}),
      },
      signal: either,
    });
  let answer = await ask(present);
  let received = startOfBody(answer, present, file.sizeBytes);
  if (received === undefined && present > 0 && REFUSES_RANGES.includes(answer.status)) {
    answer = await ask(0);
    received = startOfBody(answer, 0, file.sizeBytes);
  }
  if (received === undefined) throw new MirrorError(refusal(answer));
  await handle.truncate(received);
  if (answer.body === null) return;
  for await (const chunk of answer.body) {
    watch.count(chunk.length);
    if (received + chunk.length > file.sizeBytes) {
      await handle.truncate(0);
      throw new MirrorError(`sent more than ${file.sizeBytes} bytes`);
    }
    await writeChunk(handle, chunk, received);
    received += chunk.length;
    onProgress?.({ file: file.name, receivedBytes: received, totalBytes: file.sizeBytes });
  }
}

/**
 * The position in the file at which the body begins: the one requested, or 0 from a server without ranges; `undefined`
 * when the body is of no use.
 */
function startOfBody({ status, headers }: Answer, asked: number, sizeBytes: number): number | undefined {
  const encoding = headers.get("content-encoding");
  const isBody = status === 200 || status === 206;
  if (isBody && encoding !== null && !/^(?:identity)?$/i.test(encoding)) {
    // `fetch` has decoded it already: the body is not the file.
    throw new MirrorError(`sent content-encoding ${shownText(encoding)}, which was not requested`);
  }
  if (status === 200) {
    const length = headers.get("content-length");
    if (length !== null && length !== `${sizeBytes}`)
      throw new MirrorError(`has ${shownText(length)} bytes, not ${sizeBytes}`);
    return 0;
  }
  const range = headers.get("content-range");
  const match = range === null ? null : /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(range);
  const isRequested = match?.[1] === `${asked}` && (match[2] === "*" || match[2] === `${sizeBytes}`);
  return status === 206 && asked > 0 && isRequested ? asked : undefined;
}

function refusal({ status, statusText, headers }: Answer): string {
  const range = headers.get("content-range");
  const text = shownText(statusText || (STATUS_CODES[status] ?? ""));
  return `answered ${status} ${text}${range === null ? "" : ` (${shownText(range)})`}`;
}

async function writeChunk(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
