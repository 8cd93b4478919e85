import { readFileSync } from "node:fs";

/** Linux's high-water mark of this process's resident memory; elsewhere what getrusage says. */
export function peakRssBytes(): number {
  const kibibytes =
    process.platform === "linux"
      ? /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]
      : undefined;
  return Number(kibibytes ?? process.resourceUsage().maxRSS) * 1024;
}
