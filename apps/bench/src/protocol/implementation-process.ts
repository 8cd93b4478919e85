import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { FieldReader, parseJson, SpecError, shownText } from "@nin/spec";
import { BenchError } from "./errors.js";
import type { Answers, Request } from "./messages.js";

/** How a process is started. */
export interface ImplementationCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** How much of its stderr is kept, to search it for an error when it fails. Units: characters. */
const STDERR_LENGTH = 4000;

/** The code of an implementation that gave no answer in time. */
export const TOO_SLOW = "NIN_BENCH_TOO_SLOW";

/** An implementation's process. It works while a request is open, and is idle in between. */
export class ImplementationProcess {
  readonly startedAt = performance.now();
  readonly #child: ChildProcess;
  readonly #stdin: Writable;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<string>;
  #stderr = "";

  /** Starts it; the job's path follows the arguments. */
  constructor({ file, args, env }: ImplementationCommand, job?: string) {
    this.#child = spawn(file, [...args, ...(job === undefined ? [] : [job])], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...env },
      // Ctrl-C reaches a whole process group, but only the benchmark decides when an implementation ends.
      detached: process.platform !== "win32",
    });
    const { stdin, stdout, stderr } = this.#child;
    if (stdin === null || stdout === null || stderr === null) throw new BenchError("a process has no pipes");
    this.#stdin = stdin.on("error", () => {});
    stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_LENGTH);
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
   * Sends a request and waits for its answer.
   *
   * @throws `BenchError` with the message and code that the implementation gave; also when its process ended, or
   *   when it gave no answer within `timeoutMs`, in which case it is killed
   */
  async ask<Verb extends Request["do"]>(
    request: Request & { readonly do: Verb },
    timeoutMs: number,
  ): Promise<Answers[Verb]> {
    this.#stdin.write(`${JSON.stringify(request)}\n`);
    const reply = await this.next(timeoutMs);
    if (isAnswer<Verb>(reply)) return reply.answer;
    throw errorOf(reply);
  }

  /** The next line of JSON that it writes. Throws `BenchError` as `ask` does. */
  async next(timeoutMs: number): Promise<unknown> {
    const line = await this.#line(timeoutMs);
    try {
      return parseJson(line, "its answer");
    } catch (error) {
      throw new BenchError(`${(error as Error).message}: ${shownText(line)}`, undefined, { cause: error });
    }
  }

  /** Lets the process end by itself, and kills it when it takes longer than `patienceMs`. */
  async end(patienceMs = 5000): Promise<void> {
    this.#stdin.end();
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
    const outcome = await this.#ended;
    const lines = this.#stderr.trim().split("\n");
    const complaint = lines.findLast((text) => /error/i.test(text)) ?? lines.at(-1);
    throw new BenchError([outcome, complaint?.trim()].filter(Boolean).join(": "));
  }
}

/** Only that there is an answer: what it says is judged by the checks of correctness and validity. */
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
