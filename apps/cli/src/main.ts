import { EXIT, endingOf } from "./exit-status.js";
import { catchInterrupts, Interrupt } from "./interrupt.js";
import { createProgram } from "./program.js";
import { processTerminal, type Terminal } from "./terminal.js";
import { folderGone, isFolderGone } from "./working-folder.js";

/** Runs the command in this process; gives its exit status. */
export async function main(args: readonly string[]): Promise<number> {
  const interrupts = catchInterrupts();
  try {
    return await runCommand(args, processTerminal(interrupts));
  } finally {
    interrupts.release();
  }
}

/** Runs the command on a terminal; gives its exit status. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  let status: number = EXIT.done;
  try {
    const program = createProgram(terminal, (given) => {
      status = given;
    });
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof Interrupt) return error.status;
    const { status: failed, line } = endingOf(isFolderGone(error) ? folderGone(error) : error);
    if (line !== undefined) terminal.note(line);
    if (args.includes("--debug") && line !== undefined) console.error(error);
    return failed;
  }
}
