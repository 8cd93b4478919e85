import { EXIT } from "./exit-status.js";

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

/** Ctrl-C and SIGTERM, while they are caught. */
export interface Interrupts {
  /** Aborts at the first of them that comes during stoppable work. */
  readonly signal: AbortSignal;
  /** Runs work that heeds `signal` and ends in good order. Outside it, or at the second one, the process ends at once. */
  stoppable<Result>(work: () => Promise<Result>): Promise<Result>;
  release(): void;
}

export function catchInterrupts(): Interrupts {
  const controller = new AbortController();
  let underWay = 0;
  const handle = (name: NodeJS.Signals): void => {
    const status = name === "SIGTERM" ? EXIT.terminated : EXIT.interrupted;
    if (underWay === 0 || controller.signal.aborted) process.exit(status);
    controller.abort(new Interrupt(name, status));
  };
  process.on("SIGINT", handle);
  process.on("SIGTERM", handle);
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
    release: () => {
      process.off("SIGINT", handle);
      process.off("SIGTERM", handle);
    },
  };
}

/** The status of a command that its signal ended. */
export function interruptedStatus(signal: AbortSignal): number {
  return signal.reason instanceof Interrupt ? signal.reason.status : EXIT.interrupted;
}
