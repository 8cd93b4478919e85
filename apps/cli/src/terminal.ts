import type { Interrupts } from "./interrupt.js";

/** Where a command writes: answers on stdout, everything else on stderr. */
export interface Terminal extends Pick<Interrupts, "signal" | "stoppable"> {
  /** A line of the answer. */
  print(line?: string): void;
  /** A line beside the answer. */
  note(line: string): void;
  /** Whether stderr is a person's terminal, where a progress bar can be drawn. */
  readonly isInteractive: boolean;
}

export function processTerminal({ signal, stoppable }: Interrupts): Terminal {
  return {
    print: (line = "") => process.stdout.write(`${line}\n`),
    note: (line) => process.stderr.write(`${line}\n`),
    isInteractive: process.stderr.isTTY === true,
    signal,
    stoppable,
  };
}
