import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { passStderrOn } from "../../measure/stderr-tail.mjs";

const CHILD = fileURLToPath(new URL("child.mjs", import.meta.url));

/** Whoever stops this process means the step too, which is in another group. */
const STOPPING = ["SIGTERM", "SIGINT"];
const STOPPED = 143;

/**
 * Runs a step in a process of its own: neither a crash inside a driver nor an endless wait for a
 * card takes the other steps' results with it.
 *
 * @param env added to this process's own
 * @returns `{ status, seconds, ...result }`; the status is `passed`, `failed`, `skipped`,
 *   `crashed` or `timed out`, the result what the step told before it ended; `stderr` has the last lines
 *   of one that did not pass
 */
export async function runStep(name, options, { env = {}, limitSeconds }) {
  const begin = performance.now();
  const child = spawn(process.execPath, [CHILD, name, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    // A group of its own, to end with it whatever it started.
    detached: true,
  });
  const lastWords = passStderrOn(child);
  // Whoever it started, and left, holds its stdout or stderr open.
  child.on("exit", () => killGroup(child));
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort();
    killGroup(child);
  }, 1000 * limitSeconds);
  const ended = new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(code === 0 ? undefined : (signal ?? `status ${code}`)));
  });
  const stop = () => {
    killGroup(child);
    process.exit(STOPPED);
  };
  for (const signal of STOPPING) process.once(signal, stop);
  let result = {};
  for await (const line of createInterface({ input: child.stdout })) result = { ...result, ...parsed(line) };
  const problem = await ended;
  clearTimeout(timer);
  for (const signal of STOPPING) process.off(signal, stop);
  const seconds = (performance.now() - begin) / 1000;
  const status = statusOf(result, problem, limit.signal.aborted);
  const stderr = status === "passed" || status === "skipped" ? {} : { stderr: lastWords() };
  return { status, seconds, ...ending(problem), ...result, ...stderr };
}

function statusOf(result, problem, timedOut) {
  if (timedOut) return "timed out";
  if (problem !== undefined) return "crashed";
  if (result.skipped !== undefined) return "skipped";
  return result.passed === true ? "passed" : "failed";
}

function ending(problem) {
  return problem === undefined ? {} : { ending: problem };
}

/** A runtime may print to stdout too. */
function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    console.error(line);
    return undefined;
  }
}

function killGroup({ pid }) {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It is gone.
  }
}
