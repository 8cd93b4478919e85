import type { CaseResult } from "@nin/conformance";
import cliProgress from "cli-progress";
import { noteText, type Terminal } from "../terminal/terminal.js";

/** Time between two lines where stderr is not a terminal, and before the first. Units: milliseconds. */
const INTERVAL_MS = 10_000;

/**
 * Shows the progress of the suite on stderr: on a terminal a line that is redrawn, with failures above it; else a plain
 * line every ten seconds.
 */
export class CaseProgress {
  readonly #bars: cliProgress.MultiBar | undefined;
  readonly #close = (): void => this.close();
  readonly #note: (line: string) => void;
  #shown = "";
  #writtenAt = performance.now();

  constructor(terminal: Pick<Terminal, "isInteractive" | "note">) {
    this.#note = (line) => terminal.note(line);
    if (!terminal.isInteractive) return;
    this.#bars = new cliProgress.MultiBar({
      format: () => this.#shown,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
      linewrap: true,
      forceRedraw: true,
    });
    // A second Ctrl-C ends the process at once: the cursor must not stay hidden.
    process.prependOnceListener("exit", this.#close);
  }

  on({ id, status }: CaseResult, done: number, total: number): void {
    this.show(id, done, total);
    if (status === "failed" || status === "unexpectedPass") this.#bars?.log(`${noteText(`failed: ${id}`)}\n`);
    this.#bars?.update();
  }

  show(what: string, done: number, total: number): void {
    if (this.#bars === undefined) {
      this.#line(what, done, total);
      return;
    }
    if (this.#shown === "") this.#bars.create(total, done);
    this.#shown = caseLine(what, done, total, process.stderr.columns || 80);
    this.#bars.update();
  }

  close(): void {
    process.off("exit", this.#close);
    this.#bars?.stop();
  }

  #line(what: string, done: number, total: number): void {
    if (performance.now() - this.#writtenAt < INTERVAL_MS) return;
    this.#writtenAt = performance.now();
    this.#note(progressText(what, done, total));
  }
}

/** `[120/468] forward/conv2d/plain`, cut to a terminal of so many columns. */
export function caseLine(what: string, done: number, total: number, columns: number): string {
  // Room for the ^C that a terminal writes behind it.
  return progressText(what, done, total).slice(0, columns - 3);
}

function progressText(what: string, done: number, total: number): string {
  return `[${done}/${total}] ${what}`;
}
