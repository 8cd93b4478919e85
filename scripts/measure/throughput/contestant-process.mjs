import { createInterface } from "node:readline";

/** A contestant's process: it answers each line of JSON with one, and rests in between. */
export class ContestantProcess {
  #child;
  #lines;
  #ended;

  constructor({ id }, child) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stdin.on("error", () => {});
    this.#ended = new Promise((resolve, reject) => {
      child.on("error", (error) => reject(new Error(`${id}: ${error.message}`)));
      child.on("close", (code) =>
        code === 0 ? resolve() : reject(new Error(`${id} ended with status ${code}`)),
      );
    });
    // Whoever waits for an answer is told.
    this.#ended.catch(() => {});
  }

  /** What it says first: that it is ready, or its check. */
  async greeting() {
    return this.#answer();
  }

  /** Runs so many steps. Returns `{ elapsedMs, cpuMs, peakRssBytes, finite }`. */
  async slice(steps) {
    this.#child.stdin.write(`${JSON.stringify({ steps })}\n`);
    const answer = await this.#answer();
    if (!answer.finite) throw new Error("a loss or score is not finite: the work is no longer the same");
    return answer;
  }

  async end() {
    this.#child.stdin.end();
    await this.#ended;
  }

  kill() {
    this.#child.kill();
  }

  async #answer() {
    const { value, done } = await this.#lines.next();
    if (!done) return JSON.parse(value);
    await this.#ended;
    throw new Error("a contestant ended before its answer");
  }
}
