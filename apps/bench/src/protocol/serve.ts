import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import type { Answers, Reply, Request } from "./messages.js";
import type { ProcessUsage, ServedImplementation } from "./served.js";

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
  const usage = async (): Promise<ProcessUsage> => (await implementation.usage?.()) ?? ownUsage();
  const before = await usage();
  const loop = performance.eventLoopUtilization();
  const begin = performance.now();
  const { losses = [], scoresNorm = null, deviceBytes = null } = await implementation.run(steps);
  const elapsedMs = performance.now() - begin;
  const mainThreadMs = performance.eventLoopUtilization(loop).active;
  const { cpuMs, rssBytes, peakRssBytes } = await usage();
  return {
    elapsedMs,
    cpuMs: cpuMs - before.cpuMs,
    mainThreadMs: implementation.usage === undefined ? mainThreadMs : null,
    rssBytes,
    peakRssBytes,
    deviceBytes,
    losses,
    scoresNorm,
  };
}

function ownUsage(): ProcessUsage {
  const { user, system } = process.cpuUsage();
  const rssBytes = process.memoryUsage.rss();
  return { cpuMs: (user + system) / 1000, rssBytes, peakRssBytes: peakRssBytes() };
}

/** The high-water mark of this process's resident memory: Linux's own, elsewhere getrusage's. */
function peakRssBytes(): number {
  const kibibytes =
    process.platform === "linux"
      ? /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]
      : undefined;
  return Number(kibibytes ?? process.resourceUsage().maxRSS) * 1024;
}
