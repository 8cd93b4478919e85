import type { Interrupts } from "../process/interrupt.js";
import { type Paint, paintedNote, painter } from "./colours.js";
import { wrapped } from "./text-width.js";

/** Where a command writes: its results to stdout, everything else to stderr. */
export interface Terminal extends Pick<Interrupts, "signal" | "stoppable"> {
  /** Prints a line of the result. */
  print(line?: string): void;
  /** Prints a line to stderr. */
  note(line: string): void;
  /** Whether stderr is a terminal on which a progress bar can be drawn. */
  readonly isInteractive: boolean;
  /** How wide tables of the result may be; undefined where stdout is not a terminal. */
  readonly columns?: number | undefined;
  /** Colours of the result; none by default. */
  readonly paint?: Paint;
}

export function processTerminal({ signal, stoppable }: Interrupts): Terminal {
  const paint = painter(process.stdout);
  const paintNote = painter(process.stderr);
  return {
    print: (line = "") => process.stdout.write(`${wrapped(line, columnsOf(process.stdout))}\n`),
    note: (line) => process.stderr.write(`${noteText(line, paintNote)}\n`),
    isInteractive: canRedraw(process.stderr, process.env.TERM),
    paint,
    get columns() {
      return columnsOf(process.stdout);
    },
    signal,
    stoppable,
  };
}

/** A line for stderr, in colour and wrapped where that is a terminal. */
export function noteText(line: string, paint: Paint = painter(process.stderr)): string {
  return wrapped(paintedNote(line, paint), columnsOf(process.stderr));
}

/** Undefined where it is no terminal. */
function columnsOf({ isTTY, columns }: NodeJS.WriteStream): number | undefined {
  if (isTTY !== true) return undefined;
  // A pseudo-terminal may not know its width.
  return columns || 80;
}

/** A dumb terminal shows the sequences that move the cursor as text. */
function canRedraw({ isTTY }: NodeJS.WriteStream, name: string | undefined): boolean {
  return isTTY === true && name !== "dumb";
}
