import { closeSync } from "node:fs";
import { EXIT } from "../errors/exit-status.js";

/**
 * Keeps a process alive whose output cannot be written. A reader that has gone, as that of
 * `nin summary nin | head -1`, is no error, nor is a terminal that was closed; a full disk is told, and is the status at the end.
 */
export function handleOutputErrors(): void {
  let told = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || isTerminalGone(error) || told) return;
    told = true;
    process.stderr.write(`nin: stdout cannot be written: ${error.message}\n`);
    process.once("exit", (status) => {
      process.exitCode = status === EXIT.done ? EXIT.badInput : status;
    });
  });
  // There is nowhere left to tell of it.
  process.stderr.on("error", isTerminalGone);
}

/** Whether a stream is that of a terminal that was closed; the end of the process is prepared for it then. */
function isTerminalGone({ code }: NodeJS.ErrnoException): boolean {
  if (code !== "EIO") return false;
  process.off("exit", closeStandardStreams);
  process.once("exit", closeStandardStreams);
  return true;
}

/** Node 20 restores the terminal's mode at the end, and aborts where the terminal is gone; but not what is closed. */
export function closeStandardStreams(): void {
  for (const descriptor of [0, 1, 2]) {
    try {
      closeSync(descriptor);
    } catch {
      // It was closed already.
    }
  }
}
