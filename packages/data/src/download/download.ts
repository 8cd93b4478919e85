import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { isSystemError } from "@nin/files";
import type { PublishedFile } from "../idx/fashion-mnist.js";
import { DownloadError, MirrorError, reasonOf } from "./errors.js";
import { mirrorFile, shownMirror } from "./mirror.js";
import { claimPart, finishPart, type PartFile, releasePart } from "./part-file.js";
import { openWeb, type Web } from "./proxies.js";
import { type Transfer, type TransferOptions, transfer } from "./transfer.js";

export interface DownloadOptions extends TransferOptions {
  /** URLs of folders, tried in turn. */
  readonly mirrors: readonly string[];
  /** The environment that has the variables of proxies; by default the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** How often a mirror whose connection broke is asked for the rest, as long as each attempt yields something. */
const MAX_TRIES = 5;

/**
 * Downloads a file to `target`, continuing an earlier download that was interrupted. The file appears there only when it
 * is complete and its SHA-256 is right; a complete part with a wrong hash is deleted.
 *
 * @throws DownloadError saying what each mirror did
 * @throws errors of the file system
 * @throws the signal's reason when it aborts; the part is kept
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
      // The first error is the one to report, not that the part could not be kept either.
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

/** Fetches what the part lacks, then checks the hash. */
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
          `sent other bytes: expected SHA-256 ${file.sha256}, got ${found}; they were deleted`,
        );
      }
      // The part of the earlier download may be what is wrong.
      resumed = false;
    }
  } finally {
    await handle.close();
  }
}

/** Requests the rest until the file is complete, as long as each answer yields something. */
async function complete(request: Transfer, handle: FileHandle, options: TransferOptions): Promise<void> {
  const { sizeBytes } = request.file;
  let present = await sizeOf(handle);
  for (let tries = 1; present < sizeBytes; tries += 1) {
    const error = await transfer(request, handle, present, options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const received = await sizeOf(handle);
    // An answer that does not end, or breaks after the last byte, does no harm: the hash decides.
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

/** `fetch` throws a TypeError for every error of the network. */
function isFetchError(error: unknown): boolean {
  return error instanceof TypeError;
}
