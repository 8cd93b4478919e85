import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { isSystemError } from "@nin/files";
import type { PublishedFile } from "../idx/fashion-mnist.js";
import { DownloadError, MirrorError } from "./errors.js";
import { mirrorFile, shownMirror } from "./mirror.js";
import { claimPart, finishPart, type PartFile, releasePart } from "./part-file.js";
import { openWeb, type Web } from "./proxies.js";
import { reasonOf } from "./reason.js";
import { type Transfer, type TransferOptions, transfer } from "./transfer.js";

export interface DownloadOptions extends TransferOptions {
  /** Folders on the web, tried in turn. */
  readonly mirrors: readonly string[];
  /** Where the proxies' variables are looked up; the process's environment by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** How often a mirror is asked for the rest after its connection broke off, each time having given something. */
const MAX_TRIES = 5;

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
  await using web = await openWeb(options.env ?? process.env);
  const part = await claimPart(target);
  const failures: string[] = [];
  for (const mirror of options.mirrors) {
    try {
      await receive(mirror, file, part, web, options);
      await finishPart(part);
      return;
    } catch (error) {
      const isDisk = isSystemError(error);
      // What went wrong is reported, not that the part could not be kept either.
      if (options.signal?.aborted || isDisk) await releasePart(part).catch(() => {});
      options.signal?.throwIfAborted();
      if (isDisk) throw error;
      failures.push(`${shownMirror(mirror)} ${reasonOf(error)}`);
    }
  }
  await releasePart(part);
  const { proxyVariables } = web;
  const proxies = proxyVariables.length === 0 ? "" : ` (with the proxies of ${proxyVariables.join(", ")})`;
  throw new DownloadError(failures.join("; ") + proxies);
}

/** Fetches what the part lacks, then checks the whole. */
async function receive(
  mirror: string,
  file: PublishedFile,
  part: PartFile,
  web: Web,
  options: TransferOptions,
): Promise<void> {
  const source = mirrorFile(mirror, file.name);
  if (source === undefined) throw new MirrorError("is not an http or https URL");
  const handle = await open(part.path, "r+");
  try {
    let resumed = (await sizeOf(handle)) > 0;
    for (;;) {
      await complete({ web, source, file }, handle, options);
      const found = await sha256Of(part.path);
      if (found === file.sha256) return;
      await handle.truncate(0);
      if (!resumed) {
        throw new MirrorError(
          `gave other bytes: expected SHA-256 ${file.sha256}, got ${found}; deleted them`,
        );
      }
      // What was there before may be what is wrong.
      resumed = false;
    }
  } finally {
    await handle.close();
  }
}

/** Asks for the rest until it is there, as long as each answer brings something. */
async function complete(request: Transfer, handle: FileHandle, options: TransferOptions): Promise<void> {
  const { sizeBytes } = request.file;
  let present = await sizeOf(handle);
  for (let tries = 1; present < sizeBytes; tries += 1) {
    const error = await transfer(request, handle, present, options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const received = await sizeOf(handle);
    // That a mirror does not end its answer, or breaks it off after the last byte, is no harm: the hash decides.
    if (received === sizeBytes && !isSystemError(error)) return;
    const brokeOff = error === undefined || isFetchError(error);
    if (options.signal?.aborted || !brokeOff || received <= present || tries === MAX_TRIES) {
      throw error ?? new MirrorError(`stopped after ${received} of ${sizeBytes} bytes`);
    }
    present = received;
  }
}

async function sizeOf(handle: FileHandle): Promise<number> {
  return (await handle.stat()).size;
}

/** SHA-256 of a file, lower-case hexadecimal. */
async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

/** fetch throws a TypeError for all that goes wrong on the network. */
function isFetchError(error: unknown): boolean {
  return error instanceof TypeError;
}
