/**
 * The named tolerances of docs/numerics.md, which derives them. None is ever widened to make a
 * case pass.
 */
export const tolerances = {
  /** Forward values, losses and gradients of small networks, away from kinks. Units: relative L2. */
  smallCase: 2e-5,
  /** The same batch in parts of another size. Units: relative L2. */
  reorderedSum: 2e-6,
  /** The same batch as images, as positions and as input. Units: relative L2. */
  rounding: 1e-6,
  /** A sum of losses and the same sum made on the host. Units: relative. */
  lossSum: 1e-6,
  /** Training runs beside the oracle; see `trajectoryTolerance`. */
  trajectory: {
    /** Spreads that are allowed. */
    factor: 10,
    floor: 1e-5,
    lossCeiling: 1e-3,
    updateCeiling: 1e-2,
    /** A run must lower its loss by this fraction: on a plateau every program looks right. */
    leastDescent: 0.1,
    /** Of a step: a smaller one is what is left of the difference of much larger numbers. */
    leastLoss: 1e-2,
  },
} as const;

/** A smaller margin, and a rounding may change on which side of a kink a value is. */
export const LEAST_MARGIN = 1e-5;
