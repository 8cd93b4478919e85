import { createInterface } from "node:readline";
import { passStderrOn } from "../stderr-tail.mjs";

/**
 * A contestant's process: it answers each line of JSON with one, and rests in between. One that takes
 * longer than `limitSeconds` for an answer, where that is given, is killed and has failed.
 */
export class ContestantProcess {
  #child;
  #lines;
  #ended;
  #id;
  #limitSeconds;

  constructor({ id }, child, { limitSeconds } = {}) {
    this.#child = child;
    this.#id = id;
    this.#limitSeconds = limitSeconds;
    const lastWords = passStderrOn(child);
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stdin.on("error", () => {});
    this.#ended = new Promise((resolve, reject) => {
      child.on("error", (error) => reject(new Error(`${id}: ${error.message}`)));
      child.on("close", (code, signal) =>
        code === 0
          ? resolve()
          : reject(new Error(`${id} ended with ${signal ?? `status ${code}`}: ${lastWords()}`)),
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
    await this.#inTime(this.#ended);
  }

  kill() {
    this.#child.kill();
  }

  async #answer() {
    const { value, done } = await this.#inTime(this.#lines.next());
    if (!done) return JSON.parse(value);
    await this.#ended;
    throw new Error(`${this.#id} ended before its answer`);
  }

  async #inTime(answer) {
    if (this.#limitSeconds === undefined) return answer;
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => {
        this.#child.kill("SIGKILL");
        reject(new Error(`${this.#id} gave no answer in ${this.#limitSeconds} s`));
      }, 1000 * this.#limitSeconds);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
