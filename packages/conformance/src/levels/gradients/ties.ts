import type { ConformanceCase } from "../../case.js";
import { compareGradients, flatAllowance } from "../../compare/gradients.js";
import { tieBreakingCases } from "../tied-cases.js";

/** Equal maxima, and zeros before ReLUs. */
export function gradientsOfTies(): readonly ConformanceCase[] {
  return tieBreakingCases("gradients", {
    plan: "of equal maxima the first in row-major order takes the gradient, and none passes a ReLU at 0",
    source: "design rule: PyTorch's, in the reference's tests",
    compare: (model, oracle, batch, tolerances) =>
      compareGradients(model, oracle, batch, flatAllowance(tolerances)),
  });
}
