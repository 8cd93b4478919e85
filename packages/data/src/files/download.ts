import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { PublishedFile } from "./fashion-mnist.js";
import { claimPart, finishPart, type PartFile, releasePart } from "./part-file.js";

/** How far a file's download is. */
export interface DownloadProgress {
  /** Its name. */
  readonly file: string;
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

export interface DownloadOptions {
  /** Folders on the web, tried in turn. */
  readonly mirrors: readonly string[];
  /** A mirror that sends nothing for so long is given up; 30,000 by default. Units: milliseconds. */
  readonly stallMs?: number;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

/** No mirror gave the file; the message says what each did. Inside the package: users see a `DataError`. */
export class DownloadError extends Error {}

/**
 * Downloads a file to `target`, going on where an earlier download stopped. It appears there only
 * whole and with the right SHA-256; a part that is whole and wrong is deleted.
 *
 * Throws: `DownloadError` saying what each mirror did; what the disk refused; the signal's
 * reason when aborted, the part being kept.
 */
export async function downloadFile(
  file: PublishedFile,
  target: string,
  options: DownloadOptions,
): Promise<void> {
  const part = await claimPart(target);
  const failures: string[] = [];
  for (const mirror of options.mirrors) {
    try {
      await receive(`${mirror.replace(/\/$/, "")}/${file.name}`, file, part, options);
      await finishPart(part);
      return;
    } catch (error) {
      if (options.signal?.aborted || isDiskError(error)) await releasePart(part);
      options.signal?.throwIfAborted();
      if (isDiskError(error)) throw error;
      failures.push(`${mirror} ${reasonOf(error)}`);
    }
  }
  await releasePart(part);
  throw new DownloadError(failures.join("; "));
}

/** Fetches what the part lacks, then checks the whole. */
async function receive(
  url: string,
  file: PublishedFile,
  part: PartFile,
  options: DownloadOptions,
): Promise<void> {
  const handle = await open(part.path, "r+");
  try {
    let received = (await handle.stat()).size;
    const resumed = received > 0;
    if (received < file.sizeBytes) received = await transfer(url, file, handle, received, options);
    if (received < file.sizeBytes) throw new Error(`stopped after ${received} of ${file.sizeBytes} bytes`);
    const found = await sha256Of(part.path);
    if (found === file.sha256) return;
    await handle.truncate(0);
    // What was there before may be what is wrong.
    if (resumed) return await receive(url, file, part, options);
    throw new Error(`gave other bytes: expected SHA-256 ${file.sha256}, got ${found}; deleted them`);
  } finally {
    await handle.close();
  }
}

/** Appends the body to the part; how many bytes there are then. */
async function transfer(
  url: string,
  file: PublishedFile,
  handle: FileHandle,
  present: number,
  options: DownloadOptions,
): Promise<number> {
  const { stallMs = 30_000, onProgress, signal } = options;
  const stall = new AbortController();
  const giveUp = () => stall.abort(new Error(`sent nothing for ${stallMs} ms`));
  let timer = setTimeout(giveUp, stallMs);
  try {
    const response = await fetch(url, {
      // Otherwise a server may pack the file once more, and ranges would count packed bytes.
      headers: { "accept-encoding": "identity", ...(present > 0 ? { range: `bytes=${present}-` } : {}) },
      signal: signal === undefined ? stall.signal : AbortSignal.any([signal, stall.signal]),
    });
    let received = startOfBody(response, present, file.sizeBytes);
    await handle.truncate(received);
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, stallMs);
      if (received + chunk.length > file.sizeBytes) {
        await handle.truncate(0);
        throw new Error(`sent more than ${file.sizeBytes} bytes`);
      }
      await writeWhole(handle, chunk, received);
      received += chunk.length;
      onProgress?.({ file: file.name, receivedBytes: received, totalBytes: file.sizeBytes });
    }
    return received;
  } finally {
    clearTimeout(timer);
  }
}

async function writeWhole(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

/** Where in the file the body begins: what was asked for, or 0 from a server without ranges. */
function startOfBody(response: Response, asked: number, sizeBytes: number): number {
  if (response.status === 200) {
    const length = response.headers.get("content-length");
    if (length !== null && length !== `${sizeBytes}`)
      throw new Error(`has ${length} bytes, not ${sizeBytes}`);
    return 0;
  }
  const range = response.headers.get("content-range");
  if (response.status === 206 && range?.startsWith(`bytes ${asked}-`)) return asked;
  throw new Error(`answered ${response.status} ${response.statusText}${range === null ? "" : ` (${range})`}`);
}

/** SHA-256 of a file, lower-case hexadecimal. */
async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

/** A full or unwritable disk is not the mirror's fault. */
function isDiskError(error: unknown): boolean {
  return (
    error instanceof Error &&
    "syscall" in error &&
    "code" in error &&
    /^E(NOSPC|DQUOT|IO|ROFS|ACCES|PERM|FBIG)$/.test(String(error.code))
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says only "fetch failed"; why is in the cause.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
