import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/**
 * Waits until a process has ended. It may have ended before: Node reports an end once, and whoever begins to listen for
 * `exit` after that, for example once the file is closed whose closing ended the process, waits forever.
 *
 * @returns its exit status, or `null` where a signal ended it
 */
export async function endOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}
