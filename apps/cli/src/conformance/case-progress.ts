import type { CaseResult } from "@nin/conformance";
import cliProgress from "cli-progress";
import type { Terminal } from "../terminal.js";

/** A line on a person's terminal that says how far the suite has come; failures stay above it. */
export class CaseProgress {
  readonly #bars: cliProgress.MultiBar | undefined;
  readonly #close = (): void => this.close();
  #shown = "";

  constructor(terminal: Pick<Terminal, "isInteractive">) {
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
    process.once("exit", this.#close);
  }

  on({ id, status }: CaseResult, done: number, total: number): void {
    this.show(id, done, total);
    if (status === "failed" || status === "unexpectedPass") this.#bars?.log(`failed: ${id}\n`);
    this.#bars?.update();
  }

  show(what: string, done: number, total: number): void {
    if (this.#bars === undefined) return;
    if (this.#shown === "") this.#bars.create(total, done);
    this.#shown = caseLine(what, done, total, process.stderr.columns || 80);
    this.#bars.update();
  }

  close(): void {
    process.off("exit", this.#close);
    this.#bars?.stop();
  }
}

/** `[120/468] forward/conv2d/plain`, cut to a terminal of so many columns. */
export function caseLine(what: string, done: number, total: number, columns: number): string {
  const line = `[${done}/${total}] ${what}`;
  // Room for the ^C that a terminal writes behind it.
  return line.slice(0, columns - 3);
}
