import { relative } from "node:path";
import { duration, percent, plural } from "./format.js";
import { interruptedStatus } from "./interrupt.js";
import { invocation } from "./invocation.js";
import type { Terminal } from "./terminal.js";
import type { TrainingOutcome } from "./training.js";

/** Says how a training ended and what can be done with it; gives the exit status. */
export function tellEnding({ result, folder, report }: TrainingOutcome, terminal: Terminal): number {
  const { step, interrupted, epochs, elapsedMs } = result;
  const nin = invocation();
  const run = shortPath(folder);
  if (interrupted) {
    terminal.print(`Stopped after step ${step}; a checkpoint was saved. Continue with:`);
    terminal.print(`  ${nin} train --resume ${run}`);
    return interruptedStatus(terminal.signal);
  }
  const last = epochs.at(-1);
  const scores =
    last === undefined || last.testAccuracy === null || last.testLoss === null
      ? ""
      : ` Test accuracy ${percent(last.testAccuracy)}, test loss ${last.testLoss.toFixed(4)}.`;
  terminal.print(`Done: ${plural(step, "step")} in ${duration(elapsedMs)}.${scores}`);
  terminal.print(`Run:    ${run}`);
  terminal.print(`Report: ${shortPath(report)}`);
  return 0;
}

/** As one would type it from here. */
export function shortPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near === "" || near.startsWith("..") ? path : near;
}
