import { EXIT } from "./exit-status.js";

/**
 * Keeps a process alive whose output cannot be written. A reader that has gone, as that of
 * `nin summary nin | head -1`, is no error; a full disk is told, and is the status at the end.
 */
export function handleOutputErrors(): void {
  let told = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || told) return;
    told = true;
    process.stderr.write(`nin: stdout cannot be written: ${error.message}\n`);
    process.once("exit", (status) => {
      process.exitCode = status === EXIT.done ? EXIT.badInput : status;
    });
  });
  // There is nowhere left to tell of it.
  process.stderr.on("error", () => {});
}
