import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import type { Answers, GateAnswer, Opened, ProbeAnswer, ReachAnswer, Reply, Request } from "./messages.js";
import { peakRssBytes } from "./process-memory.js";

/** What steps gave. */
export interface StepsResult {
  readonly losses?: readonly number[];
  readonly scoresNorm?: number;
  readonly deviceBytes?: number;
}

/** A contestant, as its process serves it. */
export interface Competitor {
  open(): Promise<Opened>;
  check(): Promise<GateAnswer>;
  /** Runs so many steps; resolves when the last one's result is there. */
  run(steps: number): Promise<StepsResult>;
  probe(): Promise<ProbeAnswer>;
  reach?(accuracy: number, limitMs: number): Promise<ReachAnswer>;
  close(): Promise<void>;
}

/** Answers requests on stdin until it ends. */
export async function serve(competitor: Competitor): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const reply = await replyTo(JSON.parse(line) as Request, competitor);
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  await competitor.close();
}

async function replyTo(request: Request, competitor: Competitor): Promise<Reply<Answers[Request["do"]]>> {
  try {
    return { answer: await answerTo(request, competitor) };
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    const message = error instanceof Error ? error.message : String(error);
    return { error: { message, ...(typeof code === "string" ? { code } : {}) } };
  }
}

function answerTo(request: Request, competitor: Competitor): Promise<Answers[Request["do"]]> {
  switch (request.do) {
    case "open":
      return competitor.open();
    case "check":
      return competitor.check();
    case "run":
      return timed(competitor, request.steps);
    case "probe":
      return competitor.probe();
    case "reach":
      if (competitor.reach === undefined) throw new Error("this contestant does not train on data");
      return competitor.reach(request.accuracy, request.limitMs);
  }
}

async function timed(competitor: Competitor, steps: number): Promise<Answers["run"]> {
  const used = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  const begin = performance.now();
  const { losses = [], scoresNorm = null, deviceBytes = null } = await competitor.run(steps);
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
