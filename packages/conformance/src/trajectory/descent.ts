import { check } from "../check/check.js";
import { tolerances } from "../tolerances.js";
import type { RunRecord } from "./outcome.js";

const COMPARED = 5;

/** Fails unless a run lowers its loss: on a plateau every program looks right. */
export function checkDescent({ losses }: RunRecord): void {
  const [first, last] = [mean(losses.slice(0, COMPARED)), mean(losses.slice(-COMPARED))];
  const most = (1 - tolerances.trajectory.leastDescent) * first;
  check(last <= most, `the run's last losses: expected at most ${most}, got ${last}`);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
