import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { FieldReader, parseJson, SpecError, shownText } from "@nin/spec";
import { BenchError } from "../errors.js";
import type { Answers, Request } from "./messages.js";

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
    const reply = await this.next(timeoutMs);
    if (isAnswer<Verb>(reply)) return reply.answer;
    throw errorOf(reply);
  }

  /** The next line of JSON that it writes. Throws: `BenchError` as `ask`. */
  async next(timeoutMs: number): Promise<unknown> {
    const line = await this.#line(timeoutMs);
    try {
      return parseJson(line, "its answer");
    } catch (error) {
      throw new BenchError(`${(error as Error).message}: ${shownText(line)}`, undefined, { cause: error });
    }
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

/** What an answer holds is the contestant's word, which the gate and the checks of honesty judge. */
function isAnswer<Verb extends Request["do"]>(reply: unknown): reply is { readonly answer: Answers[Verb] } {
  const { answer } = (typeof reply === "object" && reply !== null ? reply : {}) as {
    readonly answer?: unknown;
  };
  return typeof answer === "object" && answer !== null;
}

function errorOf(reply: unknown): BenchError {
  try {
    const error = new FieldReader(reply, "its answer").object("error");
    const message = error.text("message");
    return error.raw("code") === undefined
      ? new BenchError(message)
      : new BenchError(message, error.text("code"));
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return new BenchError(error.message, undefined, { cause: error });
  }
}

/** The code of a contestant that gave no answer in time. */
export const TOO_SLOW = "NIN_BENCH_TOO_SLOW";
