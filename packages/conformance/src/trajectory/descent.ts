import type { TrajectoryTolerances } from "../tolerances.js";
import type { RunRecord } from "./outcome.js";

const COMPARED = 5;

/** Whether a run lowers its loss: on a plateau every program looks right. */
export function descends({ losses }: RunRecord, { leastDescent }: TrajectoryTolerances): boolean {
  const [first, last] = [mean(losses.slice(0, COMPARED)), mean(losses.slice(-COMPARED))];
  return last <= (1 - leastDescent) * first;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
