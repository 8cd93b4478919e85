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

/** Turns the first Ctrl-C or SIGTERM into an abort; the second ends the process at once. */
export function catchInterrupts(): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const handle = (name: NodeJS.Signals): void => {
    const status = name === "SIGTERM" ? EXIT.terminated : EXIT.interrupted;
    if (controller.signal.aborted) process.exit(status);
    controller.abort(new Interrupt(name, status));
  };
  process.on("SIGINT", handle);
  process.on("SIGTERM", handle);
  const release = (): void => {
    process.off("SIGINT", handle);
    process.off("SIGTERM", handle);
  };
  return { signal: controller.signal, release };
}

/** The status of a command that its signal ended. */
export function interruptedStatus(signal: AbortSignal): number {
  return signal.reason instanceof Interrupt ? signal.reason.status : EXIT.interrupted;
}
