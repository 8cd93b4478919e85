import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Touched, TRACED_CALLS, touchedIn } from "./touched.js";

/** How a command ended, what it wrote, and what it touched. */
export interface Observed extends Touched {
  /** Null where a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ObserveOptions {
  readonly cwd: string;
  /** The whole environment of the command. */
  readonly env: NodeJS.ProcessEnv;
  /** Kills the command with all that it started. Units: milliseconds. */
  readonly timeoutMs?: number;
}

/** Flags of strace; paths and packets in full, threads and children too. */
const FLAGS = ["--follow-forks", "--seccomp-bpf", "--decode-fds=path", "--string-limit=4096", "-qqq"];

/** Why nothing can be observed on this machine; undefined where it can. */
export async function observeObstacle(): Promise<string | undefined> {
  try {
    await promisify(execFile)("strace", [...FLAGS, `--trace=${TRACED_CALLS.join(",")}`, "true"]);
    return undefined;
  } catch (error) {
    return `strace does not work here: ${error instanceof Error ? error.message.split("\n", 2).join(" ") : error}`;
  }
}

/**
 * Runs a command to its end under strace.
 *
 * @throws Error where strace cannot be started.
 */
export async function observe(
  command: string,
  args: readonly string[],
  { cwd, env, timeoutMs }: ObserveOptions,
): Promise<Observed> {
  const folder = await mkdtemp(join(tmpdir(), "nin-system-calls-"));
  const trace = join(folder, "trace");
  const calls = `--trace=${TRACED_CALLS.join(",")}`;
  try {
    const ended = await run(
      "strace",
      [...FLAGS, calls, `--output=${trace}`, command, ...args],
      cwd,
      env,
      timeoutMs,
    );
    return { ...ended, ...touchedIn(await readFile(trace, "latin1"), cwd) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  timeoutMs?: number,
): Promise<Pick<Observed, "status" | "stdout" | "stderr">> {
  return new Promise((settle, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    // Of its own group, so that what it started ends with it.
    const kill = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    };
    const timeout = timeoutMs === undefined ? undefined : setTimeout(kill, timeoutMs);
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        output[stream] += text;
      });
    }
    child.on("error", reject);
    child.on("close", (status) => {
      clearTimeout(timeout);
      settle({ status, ...output });
    });
  });
}
