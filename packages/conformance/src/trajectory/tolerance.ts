import { tolerances } from "../tolerances.js";
import type { RunDistance } from "./distance.js";

const { factor, floor, lossCeiling, updateCeiling } = tolerances.trajectory;

/** What a run in float32 may differ by: ten spreads, within the floor and the ceilings. */
export function runTolerance(spread: RunDistance): RunDistance {
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

/** Whether rounding decides a run: ten of its spreads are over a ceiling. */
export function isTooLong({ losses, evaluations, tensors, logits }: RunDistance): boolean {
  return (
    factor * Math.max(logits, ...losses, ...evaluations) > lossCeiling ||
    factor * Math.max(...tensors.values()) > updateCeiling
  );
}
