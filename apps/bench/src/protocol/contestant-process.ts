import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { BenchError } from "../errors.js";
import type { Answers, Reply, Request } from "./messages.js";

/** How a process is started. */
export interface ContestantCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** As much of what it wrote to stderr is looked through for an error when it fails. Units: characters. */
const COMPLAINT_LENGTH = 4000;

/** A contestant's process. It works while a request is open, and rests in between. */
export class ContestantProcess {
  readonly startedAt = performance.now();
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<string>;
  #complaint = "";

  /** The job's path follows the arguments. */
  constructor({ file, args, env }: ContestantCommand, job?: string) {
    this.#child = spawn(file, [...args, ...(job === undefined ? [] : [job])], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...env },
      // Ctrl-C reaches a whole group: the runner alone decides when a contestant ends.
      detached: process.platform !== "win32",
    });
    const { stdin, stdout, stderr } = this.#child;
    if (stdin === null || stdout === null || stderr === null) throw new BenchError("a process has no pipes");
    stdin.on("error", () => {});
    stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-COMPLAINT_LENGTH);
    });
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    this.#ended = new Promise((resolve) => {
      this.#child.on("error", (error) => resolve(error.message));
      this.#child.on("close", (code, signal) => resolve(`it ended with ${signal ?? `status ${code}`}`));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Throws: `BenchError` with what the contestant said, with its code; also when it ended, or gave no
   * answer in time: it is killed then.
   */
  async ask<Verb extends Request["do"]>(
    request: Request & { readonly do: Verb },
    timeoutMs: number,
  ): Promise<Answers[Verb]> {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const reply = (await this.next(timeoutMs)) as Reply<Answers[Verb]>;
    if ("answer" in reply) return reply.answer;
    throw new BenchError(reply.error.message, reply.error.code);
  }

  /** The next line of JSON that it writes. Throws: `BenchError` as `ask`. */
  async next(timeoutMs: number): Promise<unknown> {
    return JSON.parse(await this.#line(timeoutMs));
  }

  /** Lets it end, and ends it when it does not. */
  async end(patienceMs = 5000): Promise<void> {
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.kill(), patienceMs);
    await this.#ended;
    clearTimeout(timer);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async #line(timeoutMs: number): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<"late">((resolve) => {
      timer = setTimeout(resolve, timeoutMs, "late");
    });
    const next = await Promise.race([this.#lines.next(), timeout]);
    clearTimeout(timer);
    if (next === "late") {
      this.kill();
      throw new BenchError(`no answer within ${Math.round(timeoutMs / 1000)} s`, TOO_SLOW);
    }
    if (next.done !== true) return next.value;
    const ending = await this.#ended;
    const lines = this.#complaint.trim().split("\n");
    const complaint = lines.findLast((text) => /error/i.test(text)) ?? lines.at(-1);
    throw new BenchError([ending, complaint?.trim()].filter(Boolean).join(": "));
  }
}

/** The code of a contestant that gave no answer in time. */
export const TOO_SLOW = "NIN_BENCH_TOO_SLOW";
