import type { Recipe } from "@nin/spec";

/**
 * The rate of step t, from 0, of T: with W warm-up steps `base*(t+1)/W` while t < W, then `base`, or
 * `base/2*(1 + cos(pi*(t-W)/(T-W)))`. Stated here once more: the suite does not take the word of
 * what it checks.
 */
export function scheduledRate({ optimizer, schedule }: Recipe, t: number, total: number): number {
  const { learningRate: base } = optimizer;
  const { kind, warmupSteps: warmup } = schedule;
  if (t < warmup) return (base * (t + 1)) / warmup;
  return kind === "constant"
    ? base
    : (base / 2) * (1 + Math.cos((Math.PI * (t - warmup)) / (total - warmup)));
}
