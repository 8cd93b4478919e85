import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** Says that it is ready, then runs as many steps as each line of stdin asks for, and tells their time. */
export async function serveSteps(run) {
  say({ ready: true });
  for await (const line of createInterface({ input: process.stdin }))
    say(await timed(run, JSON.parse(line).steps));
}

export function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function timed(run, steps) {
  const used = process.cpuUsage();
  const begin = performance.now();
  const finite = await run(steps);
  const elapsedMs = performance.now() - begin;
  const { user, system } = process.cpuUsage(used);
  return { elapsedMs, cpuMs: (user + system) / 1000, peakRssBytes: peakRssBytes(), finite };
}

/** Linux's high-water mark of this process's resident memory; elsewhere what getrusage says. */
function peakRssBytes() {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const [, kibibytes] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(kibibytes) * 1024;
}
