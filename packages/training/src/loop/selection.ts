import type { Monitor, Recipe } from "@nin/spec";
import { present } from "@nin/spec";
import type { Patience, SelectionState } from "../record/checkpoint.js";
import type { EpochMetrics } from "../record/metrics.js";

/** The part of an epoch's metrics that decides. */
export type ValidatedEpoch = Pick<EpochMetrics, "epoch" | "step" | "validationLoss" | "validationAccuracy">;

/** What the best epoch is chosen by. */
export function monitorOf({ earlyStopping }: Pick<Recipe, "earlyStopping">): Monitor {
  return earlyStopping?.monitor ?? "validationLoss";
}

/**
 * What is remembered after one more epoch.
 *
 * An epoch improves when it is better than the last one that did by more than `minDelta`; the plateau schedule's is 0.
 * A plateau reduces the learning rate when more than `patience` epochs in a row did not improve, and counts anew. The
 * best epoch needs no `minDelta`.
 *
 * @param before - undefined before the first epoch
 */
export function selectionAfter(
  before: SelectionState | undefined,
  { schedule, earlyStopping }: Pick<Recipe, "schedule" | "earlyStopping">,
  epoch: ValidatedEpoch,
): SelectionState {
  const monitor = monitorOf({ ...(earlyStopping && { earlyStopping }) });
  const value = scoreOf(epoch, monitor);
  const isBest = before === undefined || gainOf(monitor, value, before.best.value) > 0;
  return {
    best: isBest ? { epoch: epoch.epoch, step: epoch.step, value } : before.best,
    ...(schedule.kind === "plateau" && {
      plateau: plateauAfter(before?.plateau, schedule.patience, epoch, schedule.monitor ?? "validationLoss"),
    }),
    ...(earlyStopping && {
      earlyStopping: patienceAfter(before?.earlyStopping, monitor, value, earlyStopping.minDelta),
    }),
  };
}

/** Whether early stopping ends the run: `patience` epochs in a row did not improve. */
export function isStoppedEarly(
  { earlyStopping }: Pick<Recipe, "earlyStopping">,
  selection: SelectionState | undefined,
): boolean {
  const counted = selection?.earlyStopping;
  return earlyStopping !== undefined && counted !== undefined && counted.badEpochs >= earlyStopping.patience;
}

function plateauAfter(
  before: SelectionState["plateau"],
  patience: number,
  epoch: ValidatedEpoch,
  monitor: Monitor,
): NonNullable<SelectionState["plateau"]> {
  const counted = patienceAfter(before, monitor, scoreOf(epoch, monitor), 0);
  const reductions = before === undefined ? 0 : before.reductions;
  if (counted.badEpochs <= patience) return { ...counted, reductions };
  return { ...counted, badEpochs: 0, reductions: reductions + 1 };
}

function patienceAfter(
  before: Patience | undefined,
  monitor: Monitor,
  value: number,
  minDelta: number,
): Patience {
  if (before === undefined || gainOf(monitor, value, before.best) > minDelta) {
    return { best: value, badEpochs: 0 };
  }
  return { best: before.best, badEpochs: before.badEpochs + 1 };
}

/** By how much a value is better than another: a loss by being lower, an accuracy by being higher. */
function gainOf(monitor: Monitor, value: number, than: number): number {
  return monitor === "validationLoss" ? than - value : value - than;
}

function scoreOf(epoch: ValidatedEpoch, monitor: Monitor): number {
  return present(epoch[monitor], `the ${monitor} of epoch ${epoch.epoch}`);
}
