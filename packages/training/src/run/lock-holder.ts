import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Who holds a lock: what its file says. Locks of earlier versions have fewer fields. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, so that a later one of the same number is told apart; where it can be known. */
  readonly startedAt?: string;
  /** A hash of the machine's own id: two machines may have the same name. */
  readonly machine?: string;
  /** The name space that `pid` counts in: containers of one machine may have one each. */
  readonly pidNamespace?: string;
  /** Of no other lock, ever. */
  readonly token?: string;
}

/** Whether a holder's process runs; `elsewhere` where that cannot be seen from here. */
export type HolderState = "alive" | "dead" | "elsewhere";

/** States of a Linux process that has ended, whose parent was not notified yet or has gone. */
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

/** This process, as its locks name it; without a token. */
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
  // Started again since then, the machine has none of its former processes.
  if (differ(bootOf(holder), bootOf(me))) return "dead";
  if (differ(holder.pidNamespace, me.pidNamespace)) return "elsewhere";
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, as another user's.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return "dead";
  }
  const found = processOf(holder.pid);
  if (found === undefined) return "alive";
  return ENDED.includes(found.state) || differ(holder.startedAt, found.startedAt) ? "dead" : "alive";
}

/** Whether both are known and not the same. */
function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function bootOf({ startedAt }: Holder): string | undefined {
  return startedAt?.split(":")[0];
}

/** Linux only: a process's state, and the boot and the tick in it at which it started. */
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

/** Hashed, as its manual asks: the id itself is not for others to see. */
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
