import { readFileSync } from "node:fs";
import { availableParallelism as processors } from "node:os";
import { dirname, join } from "node:path/posix";

/** More threads than this for each that can run at once make nothing faster, and cost memory. */
const THREADS_EACH = 4;

/**
 * How many threads can run at once: the processors that this process may use, of which Linux's control groups (the
 * limits of a container) may leave it the time of fewer. At least 1. A part of a processor counts as one.
 */
export function availableParallelism(): number {
  return parallelismWithin(processors(), process.platform === "linux" ? readText : () => undefined);
}

/** The largest number of threads that is taken from a user: four times `availableParallelism()`. */
export function mostThreads(): number {
  return THREADS_EACH * availableParallelism();
}

/** Gives a file's text, undefined where there is none. */
type ReadText = (path: string) => string | undefined;

/** The same for a machine of so many processors, whose files `read` gives. */
export function parallelismWithin(processorCount: number, read: ReadText): number {
  const quotas = groupsOf(read("/proc/self/cgroup") ?? "").flatMap((group) => quotasOf(group, read));
  return Math.max(1, Math.min(processorCount, ...quotas.map(Math.ceil)));
}

/** A control group that this process is in: where its hierarchy is mounted, and its path in that. */
interface Group {
  readonly version: 1 | 2;
  readonly mount: string;
  readonly path: string;
}

/** Lines are `ID:CONTROLLERS:PATH`; the one of version 2 has no controllers. */
function groupsOf(text: string): readonly Group[] {
  return text.split("\n").flatMap((line): readonly Group[] => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    if (controllers === "") return [{ version: 2, mount: "/sys/fs/cgroup", path }];
    if (!controllers.split(",").includes("cpu")) return [];
    // Mounted by the names of its controllers, and linked to by each of them.
    return [{ version: 1, mount: "/sys/fs/cgroup/cpu", path }];
  });
}

/** The processors whose time a group and those above it are left; in a container, only the last may be there. */
function quotasOf({ version, mount, path }: Group, read: ReadText): readonly number[] {
  const quotas: number[] = [];
  for (let at = path; ; at = dirname(at)) {
    const readHere = (name: string) => read(join(mount, at, name));
    const quota = version === 2 ? quota2(readHere) : quota1(readHere);
    if (quota !== undefined) quotas.push(quota);
    if (at === "/" || at === ".") return quotas;
  }
}

/** `QUOTA PERIOD`, both in microseconds; the quota is `max` without a limit. */
function quota2(read: ReadText): number | undefined {
  const [quota, period] = (read("cpu.max") ?? "").trim().split(/\s+/);
  return quotient(quota, period);
}

/** The quota is -1 without a limit. */
function quota1(read: ReadText): number | undefined {
  return quotient(read("cpu.cfs_quota_us"), read("cpu.cfs_period_us"));
}

function quotient(quota: string | undefined, period: string | undefined): number | undefined {
  const processorTime = Number(quota) / Number(period);
  return Number.isFinite(processorTime) && processorTime > 0 ? processorTime : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
