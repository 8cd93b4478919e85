import { EXIT, outcomeOf } from "./errors/exit-status.js";
import { catchInterrupts, Interrupt } from "./process/interrupt.js";
import { folderGone, isFolderGone } from "./process/working-folder.js";
import { processTerminal, type Terminal } from "./terminal/terminal.js";

/** Runs the command in this process and catches its interrupts from then on; returns the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  return runCommand(args, processTerminal(catchInterrupts()));
}

/** Runs the command on a terminal; returns the exit status. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  let status: number = EXIT.done;
  try {
    // Loaded here, so that interrupts are caught from the start.
    const { createProgram } = await import("./program.js");
    const program = await createProgram(args, terminal, (given) => {
      status = given;
    });
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof Interrupt) return error.status;
    const { status: failed, line } = outcomeOf(isFolderGone(error) ? folderGone(error) : error);
    if (line !== undefined) terminal.note(line);
    if (args.includes("--debug") && line !== undefined) console.error(error);
    return failed;
  }
}
