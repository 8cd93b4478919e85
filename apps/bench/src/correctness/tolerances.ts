import type { Precision } from "@nin/backend";

/** How far a contestant may be from what is expected. */
export interface GateTolerance {
  /** Of each loss, relative. */
  readonly losses: number;
  /** Of the scores, relative L2. */
  readonly scores: number;
  /** Of each parameter's update, its norm relative to the expected one. */
  readonly updates: number;
}

/**
 * In float32, sums of some thousand terms in another order differ by a few 1e-6, Winograd's products
 * by some 1e-5, far less than a mistake makes; a ReLU or a pool's window that flips changes a
 * parameter's update by some 1e-3. Factors of 16 bits differ by 2^-11 (5e-4) each.
 */
export const GATE_TOLERANCES: Readonly<Record<Precision, GateTolerance>> = {
  f32: { losses: 2e-5, scores: 1e-4, updates: 1e-2 },
  mixed: { losses: 2e-3, scores: 2e-2, updates: 2e-1 },
};
