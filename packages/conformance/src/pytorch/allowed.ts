import type { GradientAllowance } from "../compare/gradients.js";
import { tolerances } from "../tolerances.js";
import type { FixtureRun, PyTorchFixture } from "./fixture.js";

/**
 * Networks too large to be away from every kink: five times what PyTorch's own float32 shows on the
 * same case, within these bounds. Units: relative L2.
 */
export const fullNetwork = { factor: 5, floor: 2e-5, ceiling: 1e-3 } as const;

/** What is allowed of a network's results. Units: relative L2 of tensors, relative difference of the loss. */
export interface NetworkAllowance extends GradientAllowance {
  readonly activations: (name: string) => number;
}

/** What is allowed of a training run, likewise. */
export interface RunAllowance {
  readonly losses: (step: number) => number;
  readonly logits: number;
  readonly updates: (parameter: string) => number;
}

/** What a right float32 backend may differ by from a fixture's network. */
export function networkAllowance({ size, float32 }: PyTorchFixture): NetworkAllowance {
  const allowed = (difference: number | undefined): number =>
    size === "small" ? tolerances.f32.smallCase : within(fullNetwork, difference, fullNetwork.ceiling);
  return {
    activations: (name) => allowed(float32.activations.get(name)),
    loss: allowed(float32.loss),
    gradients: (name) => allowed(float32.gradients.get(name)),
  };
}

/** What a right float32 backend may differ by from a run: ten spreads, within bounds. */
export function runAllowance({ spread }: FixtureRun): RunAllowance {
  const { lossCeiling, updateCeiling } = tolerances.f32.trajectory;
  return {
    losses: (step) => within(tolerances.f32.trajectory, spread.losses[step], lossCeiling),
    logits: within(tolerances.f32.trajectory, spread.logits, lossCeiling),
    updates: (parameter) => within(tolerances.f32.trajectory, spread.updates.get(parameter), updateCeiling),
  };
}

function within(
  { factor, floor }: { readonly factor: number; readonly floor: number },
  difference = 0,
  ceiling: number,
): number {
  return Math.min(Math.max(factor * difference, floor), ceiling);
}
