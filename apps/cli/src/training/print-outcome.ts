import { relative } from "node:path";
import { at } from "@nin/spec";
import { interruptedStatus } from "../process/interrupt.js";
import { invocation, shellWord } from "../process/invocation.js";
import { duration, percent, plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";
import type { TrainingOutcome } from "./training.js";

/** Prints how a training ended and what can be done next; returns the exit status. */
export function printOutcome(outcome: TrainingOutcome, terminal: Terminal): number {
  const { result, folder, report, isCut, resumed } = outcome;
  const { step, interrupted, epochs, elapsedMs } = result;
  const run = shortPath(folder);
  const resume = `${invocation()} train --resume ${shellWord(run)}`;
  if (interrupted) {
    const data = resumed?.source === undefined ? "" : ` --data ${shellWord(resumed.source)}`;
    const end = resumed?.maxSteps === undefined ? data : `${data} --max-steps ${resumed.maxSteps}`;
    terminal.print(`Stopped after step ${step}; a checkpoint was saved. To continue:`);
    terminal.print(`  ${resume}${end}`);
    return interruptedStatus(terminal.signal);
  }
  if (resumed?.hadEnded === true) {
    const further = isCut ? `; to train further: ${resume} --max-steps N` : "";
    terminal.print(`Nothing to do: the run is finished${further}`);
  }
  if (result.ended === "earlyStopping" && resumed?.hadEnded !== true) {
    terminal.print(`Stopped early after ${plural(epochs.length, "epoch")}: later ones no longer improved`);
  }
  const last = epochs.at(-1);
  const scores =
    last === undefined || last.testAccuracy === null || last.testLoss === null
      ? ""
      : ` Test accuracy ${percent(last.testAccuracy)}, test loss ${last.testLoss.toFixed(4)}.`;
  terminal.print(`Done: ${plural(step, "step")} in ${duration(elapsedMs)}.${scores}`);
  const { best } = result;
  if (best !== undefined && best.step !== step) {
    const { validationAccuracy = null } = at(epochs, best.epoch - 1);
    const accuracy =
      validationAccuracy === null ? "" : `, validation accuracy ${percent(validationAccuracy)}`;
    const use = `${invocation()} evaluate ${shellWord(run)} --checkpoint best`;
    terminal.print(`Best:   epoch ${best.epoch}${accuracy}; to test it: ${use}`);
  }
  terminal.print(`Run:    ${run}`);
  terminal.print(`Report: ${shortPath(report)}`);
  return 0;
}

/** A path as one would type it in the working folder. */
export function shortPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near === "" || near.startsWith("..") ? path : near;
}
