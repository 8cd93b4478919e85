import { closeSync } from "node:fs";
import { EXIT } from "../errors/exit-status.js";

/**
 * Keeps the process alive when its output cannot be written. A reader that has gone, as in `nin summary nin | head -1`,
 * is not an error, nor is a closed terminal; a full disk is reported, and sets the exit status.
 */
export function handleOutputErrors(): void {
  let isReported = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || isTerminalGone(error) || isReported) return;
    isReported = true;
    process.stderr.write(`nin: stdout cannot be written: ${error.message}\n`);
    process.once("exit", (status) => {
      process.exitCode = status === EXIT.done ? EXIT.badInput : status;
    });
  });
  // There is nowhere left to report it.
  process.stderr.on("error", isTerminalGone);
}

/** Whether an error is that of a closed terminal; if so, prepares the end of the process for it. */
function isTerminalGone({ code }: NodeJS.ErrnoException): boolean {
  if (code !== "EIO") return false;
  process.off("exit", closeStandardStreams);
  process.once("exit", closeStandardStreams);
  return true;
}

/** Node 20 restores the terminal's mode when it exits, and aborts where the terminal is gone, unless the stream is closed. */
export function closeStandardStreams(): void {
  for (const descriptor of [0, 1, 2]) {
    try {
      closeSync(descriptor);
    } catch {
      // It was closed already.
    }
  }
}
