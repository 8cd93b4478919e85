import { shownText } from "@nin/spec";

/** Exit statuses of the command. */
export const EXIT = {
  done: 0,
  failed: 1,
  badInput: 2,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** Codes of errors that the user did not cause: training or the runtime failed. */
const FAILURES: readonly string[] = ["NIN_DIVERGED", "NIN_RUNTIME", "NIN_CHECK_FAILED"];

/** The exit status and the message for an error that ended a command. */
export interface CommandOutcome {
  readonly status: number;
  /** Absent where everything was printed already. */
  readonly line?: string;
}

export function outcomeOf(error: unknown): CommandOutcome {
  const { code } = error as { code?: unknown };
  // Help or the version was printed, as requested.
  if (typeof code === "string" && code.startsWith("commander.")) return { status: EXIT.done };
  const message = oneLine(error instanceof Error ? error.message : String(error));
  if (typeof code !== "string" || !code.startsWith("NIN_")) {
    return { status: EXIT.failed, line: `nin: unexpected error: ${message} (--debug prints a stack trace)` };
  }
  return { status: FAILURES.includes(code) ? EXIT.failed : EXIT.badInput, line: `nin: ${message}` };
}

/** How much of a message is printed, whose parts are bounded where they are put together. Units: characters. */
const LINE_CHARACTERS = 6000;

/** Of a word, as of an argument or a file's name, which has 255 at most, and of what may be a path. Units: characters. */
const WORD_CHARACTERS = 300;
const PATH_CHARACTERS = 1000;

/** Printable and no longer than it need be, whatever a message repeats of an argument, a file, a server or a runtime. */
function oneLine(text: string): string {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const shown = words.map((word) => shownText(word, /[\\/]/.test(word) ? PATH_CHARACTERS : WORD_CHARACTERS));
  return shownText(shown.join(" "), LINE_CHARACTERS);
}
