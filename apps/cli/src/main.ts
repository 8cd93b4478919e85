import { EXIT, endingOf } from "./exit-status.js";
import { catchInterrupts, interruptedStatus } from "./interrupt.js";
import { createProgram } from "./program.js";
import { processTerminal } from "./terminal.js";

/** Runs the command; gives its exit status. */
export async function main(args: readonly string[]): Promise<number> {
  const { signal, release } = catchInterrupts();
  const terminal = processTerminal(signal);
  let status: number = EXIT.done;
  try {
    const program = createProgram(terminal, (given) => {
      status = given;
    });
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    if (signal.aborted) return interruptedStatus(signal);
    const { status: failed, line } = endingOf(error);
    if (line !== undefined) terminal.note(line);
    if (args.includes("--debug") && line !== undefined) console.error(error);
    return failed;
  } finally {
    release();
  }
}
