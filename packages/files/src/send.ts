import { constants } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { FileSystem } from "./file-system.js";

const RETRY_MS = 20;

/**
 * Writes to a pipe, a terminal or a device, without blocking: a thread that waits for the reader of a pipe would keep the
 * process from ending.
 */
export async function send(
  files: FileSystem,
  path: string,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { O_WRONLY, O_APPEND, O_NONBLOCK } = constants;
  const retry = async <Result>(code: string, work: () => Promise<Result>): Promise<Result> => {
    for (;;) {
      signal?.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== code) throw error;
        await delay(RETRY_MS);
      }
    }
  };
  const isPipe = (await files.stat(path)).isFIFO();
  const open = () => files.open(path, O_WRONLY | O_APPEND | O_NONBLOCK);
  const file = isPipe ? await retry("ENXIO", open) : await open();
  try {
    for (let sent = 0; sent < bytes.length; ) {
      const { bytesWritten } = await retry("EAGAIN", () =>
        file.write(bytes, sent, bytes.length - sent, null),
      );
      sent += bytesWritten;
    }
  } finally {
    await file.close();
  }
}
