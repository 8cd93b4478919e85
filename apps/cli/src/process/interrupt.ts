import { EXIT } from "../errors/exit-status.js";
import { closeStandardStreams } from "./output-errors.js";

/** Why a command is to stop. */
export class Interrupt extends Error {
  constructor(
    readonly signal: NodeJS.Signals,
    /** What the process exits with. */
    readonly status: number,
  ) {
    super(signal);
  }
}

/** Ctrl-C, SIGTERM and SIGHUP, which are caught until the process ends. */
export interface Interrupts {
  /** Aborts at the first of them that comes during stoppable work. */
  readonly signal: AbortSignal;
  /** Runs work that heeds `signal` and ends in good order. Outside it, or at the second one, the process ends at once. */
  stoppable<Result>(work: () => Promise<Result>): Promise<Result>;
}

const STATUS = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.hungUp,
} as const;
type Caught = keyof typeof STATUS;
const CAUGHT = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Less than backends have their threads waited for when a process ends. Units: milliseconds. */
const LONGEST_END_MS = 9_000;

export function catchInterrupts(): Interrupts {
  const controller = new AbortController();
  let underWay = 0;
  const handle = (given: NodeJS.Signals): void => {
    const name = CAUGHT.find((caught) => caught === given) ?? "SIGINT";
    const { aborted } = controller.signal;
    // A terminal that is closed sends it more than once: by the kernel, and by the shell.
    if (name === "SIGHUP" && aborted) return;
    if (name === "SIGHUP") process.once("exit", closeStandardStreams);
    if (underWay > 0 && !aborted) {
      controller.abort(new Interrupt(name, STATUS[name]));
      return;
    }
    endNow(name);
  };
  for (const name of CAUGHT) process.on(name, handle);
  return {
    signal: controller.signal,
    stoppable: async (work) => {
      underWay += 1;
      try {
        return await work();
      } finally {
        underWay -= 1;
      }
    },
  };
}

/**
 * Ends the process with a signal's status. What was registered for the end is done first (the cursor, the lock of a
 * run); then a runtime may have its threads waited for. Where that takes too long the signal itself kills the process,
 * which is the same status to a shell: Node would wait on, and the runtime abort the process with another one.
 */
function endNow(name: Caught): never {
  const startedAt = performance.now();
  process.once("exit", () => {
    if (performance.now() - startedAt < LONGEST_END_MS) return;
    process.removeAllListeners(name);
    process.kill(process.pid, name);
  });
  process.exit(STATUS[name]);
}

/**
 * Ends the process where a signal ended the command, once all is written. While Node takes its environment down, as it
 * does when a process ends by itself, signals are not caught any more, and another Ctrl-C would kill it.
 */
export async function endInterrupted(status: number): Promise<void> {
  if (!Object.values(STATUS).some((caught) => caught === status)) return;
  for (const stream of [process.stdout, process.stderr]) {
    // Calls back with the error of a stream that nobody reads any more.
    await new Promise<void>((resolve) => stream.write("", () => resolve()));
  }
  process.exit(status);
}

/** The status of a command that its signal ended. */
export function interruptedStatus(signal: AbortSignal): number {
  return signal.reason instanceof Interrupt ? signal.reason.status : EXIT.interrupted;
}
