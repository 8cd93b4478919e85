import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { passStderrOn } from "@nin/measure";
import type { FinishedStep, StepOptions, StepResult } from "./step.js";

const CHILD = fileURLToPath(new URL("step-child.js", import.meta.url));

/** Whoever stops this process means the step too, which is in another process group. */
const STOPPING = ["SIGTERM", "SIGINT"] as const;
const STOPPED = 143;

/** How a step is run. */
export interface StepLimits {
  /** Added to this process's own environment; undefined removes a variable. */
  readonly env?: NodeJS.ProcessEnv;
  readonly limitSeconds: number;
}

/**
 * Runs a step in a process of its own, so that neither a crash inside a driver nor an endless wait for a GPU takes the
 * other steps' results with it.
 */
export async function runStep(
  name: string,
  options: StepOptions,
  { env = {}, limitSeconds }: StepLimits,
): Promise<FinishedStep> {
  const begin = performance.now();
  const child = spawn(process.execPath, [CHILD, name, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    // A process group of its own, to end with it whatever it started.
    detached: true,
  });
  const lastLines = passStderrOn(child);
  // A process that the step started and left would hold its stdout or stderr open.
  child.on("exit", () => killGroup(child));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(child);
  }, 1000 * limitSeconds);
  const closed = new Promise<string | undefined>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(code === 0 ? undefined : (signal ?? `status ${code}`)));
  });
  const stop = () => {
    killGroup(child);
    process.exit(STOPPED);
  };
  for (const signal of STOPPING) process.once(signal, stop);
  let result: StepResult = {};
  for await (const line of createInterface({ input: child.stdout })) result = { ...result, ...parsed(line) };
  const ending = await closed;
  clearTimeout(timer);
  for (const signal of STOPPING) process.off(signal, stop);
  const seconds = (performance.now() - begin) / 1000;
  const status = statusOf(result, ending, timedOut);
  const stderr = status === "passed" || status === "skipped" ? {} : { stderr: lastLines() };
  return { status, seconds, ...(ending === undefined ? {} : { ending }), ...result, ...stderr };
}

function statusOf(result: StepResult, ending: string | undefined, timedOut: boolean): FinishedStep["status"] {
  if (timedOut) return "timed out";
  if (ending !== undefined) return "crashed";
  if (result.skipped !== undefined) return "skipped";
  return result.passed === true ? "passed" : "failed";
}

/** A line of the step's result; a runtime may print to stdout too. */
function parsed(line: string): StepResult {
  try {
    return JSON.parse(line) as StepResult;
  } catch {
    console.error(line);
    return {};
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It is gone.
  }
}
