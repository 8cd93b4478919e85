import type { TrajectoryTolerances } from "../tolerances.js";
import type { RunDistance } from "./distance.js";

/** What a run may differ by: so many spreads, within the floor and the ceilings. */
export function runTolerance(
  spread: RunDistance,
  { factor, floor, lossCeiling, updateCeiling }: TrajectoryTolerances,
): RunDistance {
  const allowed = (distance: number, ceiling: number): number =>
    Math.min(ceiling, Math.max(floor, factor * distance));
  let grown = 0;
  return {
    // A loss may be as far off as any before it: what one step loses the next does not win back.
    losses: spread.losses.map((loss) => {
      grown = Math.max(grown, loss);
      return allowed(grown, lossCeiling);
    }),
    evaluations: spread.evaluations.map((loss) => allowed(Math.max(loss, ...spread.losses), lossCeiling)),
    tensors: new Map([...spread.tensors].map(([name, far]) => [name, allowed(far, updateCeiling)])),
    logits: allowed(spread.logits, lossCeiling),
  };
}

/** Whether rounding decides a run: what its spreads allow is over a ceiling. */
export function isTooLong(
  { losses, evaluations, tensors, logits }: RunDistance,
  { factor, lossCeiling, updateCeiling }: TrajectoryTolerances,
): boolean {
  return (
    factor * Math.max(logits, ...losses, ...evaluations) > lossCeiling ||
    factor * Math.max(...tensors.values()) > updateCeiling
  );
}
