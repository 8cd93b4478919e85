import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { availableParallelism as processors } from "node:os";
import { dirname, join } from "node:path/posix";
import { at } from "@nin/spec";

/** More threads than this per thread that can run at once only cost memory. */
const MAX_OVERSUBSCRIPTION = 4;

/**
 * The number of threads that can run at once: the processors that this process may use, or fewer where Linux's control
 * groups (the limits of a container) restrict its processor time. At least 1; a fraction of a processor counts as one.
 */
export function availableParallelism(): number {
  return parallelismWithin(processors(), process.platform === "linux" ? readText : () => undefined);
}

/** The largest number of threads that a user may ask for: four times `availableParallelism()`. */
export function mostThreads(): number {
  return MAX_OVERSUBSCRIPTION * availableParallelism();
}

/** Reads the text of a file; `undefined` where there is none. */
type ReadText = (path: string) => string | undefined;

/** `availableParallelism` of a machine with this number of processors, whose files are read by `read`. */
export function parallelismWithin(processorCount: number, read: ReadText): number {
  const cgroups = read("/proc/self/cgroup");
  const groups = cgroups === undefined ? [] : groupsOf(cgroups);
  const quotas = groups.flatMap((group) => quotasOf(group, read));
  return Math.max(1, Math.min(processorCount, ...quotas.map(Math.ceil)));
}

/** A control group of this process: where its hierarchy is mounted, and its path in there. */
interface Group {
  readonly version: 1 | 2;
  readonly mount: string;
  readonly path: string;
}

/** Parses lines `ID:CONTROLLERS:PATH`; that of version 2 has no controllers. */
function groupsOf(text: string): readonly Group[] {
  return text.split("\n").flatMap((line): readonly Group[] => {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    if (match === null) return [];
    const [controllers, path] = [at(match, 1), at(match, 2)];
    if (controllers === "") return [{ version: 2, mount: "/sys/fs/cgroup", path }];
    if (!controllers.split(",").includes("cpu")) return [];
    // Mounted under the names of all its controllers; each of them has a link to it.
    return [{ version: 1, mount: "/sys/fs/cgroup/cpu", path }];
  });
}

/** The processor time left to a group and those above it, in processors; a container may show the root group alone. */
function quotasOf({ version, mount, path }: Group, read: ReadText): readonly number[] {
  const quotas: number[] = [];
  for (let current = path; ; current = dirname(current)) {
    const readHere = (name: string) => read(join(mount, current, name));
    const quota = version === 2 ? quota2(readHere) : quota1(readHere);
    if (quota !== undefined) quotas.push(quota);
    if (current === "/" || current === ".") return quotas;
  }
}

/** `QUOTA PERIOD`, both in microseconds; the quota is `max` without a limit. */
function quota2(read: ReadText): number | undefined {
  const limit = read("cpu.max");
  if (limit === undefined) return undefined;
  const [quota, period] = limit.trim().split(/\s+/);
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

/** Whether a process with this id, of any user, is running. */
export async function isProcessRunning(processId: number): Promise<boolean> {
  try {
    process.kill(processId, 0);
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  // A process that has ended but was not waited for still accepts signals (Linux).
  const status = await readFile(`/proc/${processId}/stat`, "latin1").catch(() => "");
  return !/^[ZX]/.test(status.slice(status.lastIndexOf(")") + 2));
}
