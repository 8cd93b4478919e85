import type { BenchProgress } from "@nin/bench";
import type { Terminal } from "../terminal/terminal.js";

/** Progress of a run: one line that is written over on a terminal, a line a section elsewhere. */
export class BenchDisplay {
  #section = "";

  constructor(private readonly terminal: Terminal) {}

  on({ section, doing, done }: BenchProgress): void {
    if (this.terminal.isInteractive) {
      const line = `${`${Math.floor(100 * done)}%`.padStart(4)} ${section}: ${doing}`;
      process.stderr.write(`\r\u001b[2K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    } else if (section !== this.#section) {
      this.terminal.note(`${Math.floor(100 * done)}% ${section}`);
    }
    this.#section = section;
  }

  close(): void {
    if (this.terminal.isInteractive) process.stderr.write("\r\u001b[2K");
  }
}
