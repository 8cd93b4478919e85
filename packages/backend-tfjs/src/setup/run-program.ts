import { spawn } from "node:child_process";

/** How a program ended, and what it wrote. */
export interface ProgramEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Given each line of its stdout as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Longer output is cut at its beginning: the reason of a failure stands at the end. Units: characters. */
const KEPT = 100_000;

/**
 * Runs a program to its end.
 *
 * @throws when there is no such program, or when `signal` is aborted.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  { env, cwd, signal, onLine }: ProgramOptions,
): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env,
      stdio: ["ignore", "pipe", "pipe"],
      ...(cwd === undefined ? {} : { cwd }),
      ...(signal === undefined ? {} : { signal }),
    });
    const written = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        written[name] = `${written[name]}${text}`.slice(-KEPT);
        if (name === "stdout") for (const line of text.split(/\r?\n/)) onLine?.(line);
      });
    }
    const stopped = (): boolean => signal?.aborted === true;
    child.on("error", (error) => {
      // A program that is stopped still runs: its end is waited for, so that it writes nothing more.
      if (!stopped() || child.pid === undefined) reject(error);
    });
    // A Ctrl-C reaches the program too, which may end before this process receives it. What it started in turn may
    // keep its output open: its own end is enough then.
    child.on("exit", () => {
      if (stopped()) reject(signal?.reason);
    });
    child.on("close", (status, signalName) => {
      if (stopped()) reject(signal?.reason);
      else resolve({ status, signal: signalName, ...written });
    });
  });
}

/** The line that says most about why a program failed: the last one that names an error, else the last. */
export function reasonOf({ status, signal, stdout, stderr }: ProgramEnd): string {
  const lines = `${stdout}\n${stderr}`
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const informative = lines.filter((line) => /\berror\b|no space left|ENOSPC/i.test(line));
  const full = lines.find((line) => /no space left|ENOSPC/i.test(line));
  const ended = signal === null ? `it ended with status ${status}` : `it was ended by ${signal}`;
  return full ?? informative.at(-1) ?? lines.at(-1) ?? ended;
}

/** Whether a program failed for want of space. */
export function isDiskFull({ stdout, stderr }: Pick<ProgramEnd, "stdout" | "stderr">): boolean {
  return /no space left|ENOSPC/i.test(`${stdout}\n${stderr}`);
}
