import { present } from "@nin/spec";
import { EXIT } from "../errors/exit-status.js";
import { closeStandardStreams } from "./output-errors.js";

/** The signal that stops a command. */
export class Interrupt extends Error {
  constructor(
    readonly signal: NodeJS.Signals,
    /** The exit status. */
    readonly status: number,
  ) {
    super(signal);
  }
}

/** Catches Ctrl-C, SIGTERM and SIGHUP until the process ends. */
export interface Interrupts {
  /** Aborts at the first signal during stoppable work. */
  readonly signal: AbortSignal;
  /** Runs work that watches `signal` and ends in good order. Outside such work, and at the second signal, the process ends at once. */
  stoppable<Result>(work: () => Promise<Result>): Promise<Result>;
}

const STATUS = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.hungUp,
} as const;
type Caught = keyof typeof STATUS;
const CAUGHT = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Less than the time that a backend waits for its threads when the process ends. Units: milliseconds. */
const LONGEST_END_MS = 9_000;

export function catchInterrupts(): Interrupts {
  const controller = new AbortController();
  let underWay = 0;
  const handle = (given: NodeJS.Signals): void => {
    const name = present(
      CAUGHT.find((caught) => caught === given),
      `the signal ${given}`,
    );
    const { aborted } = controller.signal;
    // When a terminal is closed, both the kernel and the shell send it.
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
 * Ends the process with a signal's status. Exit handlers run first (cursor, lock of a run); then a runtime may wait for
 * its threads. Where that takes too long the signal itself kills the process, which a shell sees as the same status:
 * Node would go on waiting, and the runtime would abort the process with another status.
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
 * Ends the process after a signal ended the command, once all output is written. A process that ends by itself no longer
 * catches signals while Node shuts down, and another Ctrl-C would kill it with a different status.
 */
export async function endInterrupted(status: number): Promise<void> {
  if (!Object.values(STATUS).some((caught) => caught === status)) return;
  for (const stream of [process.stdout, process.stderr]) {
    // Also calls back, with an error, where nobody reads the stream any more.
    await new Promise<void>((resolve) => stream.write("", () => resolve()));
  }
  process.exit(status);
}

/** The exit status of a command that a signal ended. */
export function interruptedStatus(signal: AbortSignal): number {
  return signal.reason instanceof Interrupt ? signal.reason.status : EXIT.interrupted;
}
