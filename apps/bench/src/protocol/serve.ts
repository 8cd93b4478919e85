import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import type {
  Answers,
  CheckAnswer,
  Opened,
  ProbeAnswer,
  Reply,
  Request,
  TimeToAccuracy,
} from "./messages.js";

/** The result of the requested steps. */
export interface StepsResult {
  readonly losses?: readonly number[];
  readonly scoresNorm?: number;
  readonly deviceBytes?: number;
}

/** An implementation as its process serves it. */
export interface ServedImplementation {
  open(): Promise<Opened>;
  check(): Promise<CheckAnswer>;
  /** Runs so many steps; resolves when the result of the last one has been read. */
  run(steps: number): Promise<StepsResult>;
  probe(): Promise<ProbeAnswer>;
  reach?(accuracy: number, limitMs: number): Promise<TimeToAccuracy>;
  close(): Promise<void>;
}

/** Answers requests on stdin until it ends. */
export async function serve(implementation: ServedImplementation): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const reply = await replyTo(JSON.parse(line) as Request, implementation);
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  await implementation.close();
}

async function replyTo(
  request: Request,
  implementation: ServedImplementation,
): Promise<Reply<Answers[Request["do"]]>> {
  try {
    return { answer: await answerTo(request, implementation) };
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    const message = error instanceof Error ? error.message : String(error);
    return { error: { message, ...(typeof code === "string" ? { code } : {}) } };
  }
}

function answerTo(request: Request, implementation: ServedImplementation): Promise<Answers[Request["do"]]> {
  switch (request.do) {
    case "open":
      return implementation.open();
    case "check":
      return implementation.check();
    case "run":
      return timed(implementation, request.steps);
    case "probe":
      return implementation.probe();
    case "reach":
      if (implementation.reach === undefined) throw new Error("this implementation does not train on data");
      return implementation.reach(request.accuracy, request.limitMs);
  }
}

async function timed(implementation: ServedImplementation, steps: number): Promise<Answers["run"]> {
  const used = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  const begin = performance.now();
  const { losses = [], scoresNorm = null, deviceBytes = null } = await implementation.run(steps);
  const elapsedMs = performance.now() - begin;
  const { user, system } = process.cpuUsage(used);
  return {
    elapsedMs,
    cpuMs: (user + system) / 1000,
    mainThreadMs: performance.eventLoopUtilization(loop).active,
    rssBytes: process.memoryUsage.rss(),
    peakRssBytes: peakRssBytes(),
    deviceBytes,
    losses,
    scoresNorm,
  };
}

/** The high-water mark of this process's resident memory: Linux's own, elsewhere getrusage's. */
function peakRssBytes(): number {
  const kibibytes =
    process.platform === "linux"
      ? /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]
      : undefined;
  return Number(kibibytes ?? process.resourceUsage().maxRSS) * 1024;
}
