import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** The holder of a lock, as stored in its file. Locks of earlier versions have fewer fields. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, where this can be known: it distinguishes a later process with the same id. */
  readonly startedAt?: string;
  /** A hash of the machine's id, since two machines may have the same name. */
  readonly machine?: string;
  /** The namespace of `pid`: containers of one machine may each have their own. */
  readonly pidNamespace?: string;
  /** Unique to this lock. */
  readonly token?: string;
}

/** Whether a holder's process is running; `elsewhere` where this process cannot know. */
export type HolderState = "alive" | "dead" | "elsewhere";

/** States of a Linux process that has ended and was not waited for by its parent. */
const ENDED: readonly string[] = ["Z", "X", "x"];

export function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    if (value === null || !Number.isInteger(value.pid) || typeof value.host !== "string") return undefined;
    return value as Holder;
  } catch {
    // Cut off while it was written.
    return undefined;
  }
}

/** This process as the holder of a lock, without a token. */
export function thisProcess(): Holder {
  const startedAt = processOf(process.pid)?.startedAt;
  const machine = machineHash();
  const pidNamespace = ownPidNamespace();
  return {
    pid: process.pid,
    host: hostname(),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(machine === undefined ? {} : { machine }),
    ...(pidNamespace === undefined ? {} : { pidNamespace }),
  };
}

export function stateOf(holder: Holder): HolderState {
  const me = thisProcess();
  if (holder.host !== me.host || differ(holder.machine, me.machine)) return "elsewhere";
  // The machine was rebooted since: none of its earlier processes is running.
  if (differ(bootOf(holder), bootOf(me))) return "dead";
  if (differ(holder.pidNamespace, me.pidNamespace)) return "elsewhere";
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it is running as another user.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return "dead";
  }
  const found = processOf(holder.pid);
  if (found === undefined) return "alive";
  return ENDED.includes(found.state) || differ(holder.startedAt, found.startedAt) ? "dead" : "alive";
}

/** Whether both are known and differ. */
function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function bootOf({ startedAt }: Holder): string | undefined {
  return startedAt?.split(":")[0];
}

/** Linux only: the state of a process, and the boot and the clock tick at which it started. */
function processOf(pid: number): { readonly state: string; readonly startedAt: string } | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Fields after the name, which is in brackets and may hold spaces: the 3rd and the 22nd of all.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, ticks] = [fields[0], fields[19]];
    return state === undefined || ticks === undefined ? undefined : { state, startedAt: `${boot}:${ticks}` };
  } catch {
    return undefined;
  }
}

/** The machine's id, hashed because its manual asks not to expose the id itself. */
function machineHash(): string | undefined {
  try {
    const id = readFileSync("/etc/machine-id", "utf8").trim();
    if (id === "") return undefined;
    return createHash("sha256").update(`nin lock ${id}`).digest("hex").slice(0, 16);
  } catch {
    return undefined;
  }
}

function ownPidNamespace(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}
