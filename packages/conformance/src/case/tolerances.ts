import type { Precision } from "@nin/backend";

/** What a right program of one precision may differ by, and what is asked of the cases it is held to. */
export interface Tolerances {
  /** Forward values, losses and gradients of small networks, away from kinks. Units: relative L2. */
  readonly smallCase: number;
  /** The same batch in parts of another size. Units: relative L2. */
  readonly reorderedSum: number;
  /** The same batch as images, as positions and as input. Units: relative L2. */
  readonly rounding: number;
  /** A sum of losses and the same sum made on the host. Units: relative. */
  readonly lossSum: number;
  readonly sampling: SamplingLimits;
  readonly trajectory: TrajectoryTolerances;
}

/** When right programs agree on a random case; what does not keep to it is drawn anew. */
export interface SamplingLimits {
  /** How often, at most. */
  readonly maxSamples: number;
  /** A smaller margin, and a rounding may change on which side of a kink a value is. */
  readonly leastMargin: number;
  /** One rounding of a weight. Units: of the weight. */
  readonly weightRounding: number;
  /** Whether it is the stored weight that is rounded, and so its update, or only the factor of a product. */
  readonly roundsStored: boolean;
  /** How far gradients may move when every weight moves by one rounding. Units: relative L2. */
  readonly movedWeights: number;
  /** How far values or gradients of the oracle with the precision's roundings may be from its own. Units: relative L2. */
  readonly roundedOracle: number;
  /** The same of its loss. Units: relative. */
  readonly roundedLoss: number;
}

/** Of training runs beside the oracle; see `runTolerance`. */
export interface TrajectoryTolerances {
  /** How often a run is drawn, at most. */
  readonly maxSamples: number;
  /** Spreads that are allowed. */
  readonly factor: number;
  readonly floor: number;
  readonly lossCeiling: number;
  readonly updateCeiling: number;
  /** A run must lower its loss by this fraction: on a plateau every program looks right. */
  readonly leastDescent: number;
  /** Of a step: a smaller one is what is left of the difference of much larger numbers. */
  readonly leastLoss: number;
}

const f32: Tolerances = {
  smallCase: 2e-5,
  reorderedSum: 2e-6,
  rounding: 1e-6,
  lossSum: 1e-6,
  sampling: {
    maxSamples: 8,
    leastMargin: 1e-5,
    weightRounding: 2 ** -23,
    roundsStored: true,
    movedWeights: 2e-6,
    roundedOracle: 2e-6,
    roundedLoss: 1e-5,
  },
  trajectory: {
    maxSamples: 1,
    factor: 10,
    floor: 1e-5,
    lossCeiling: 1e-3,
    updateCeiling: 1e-2,
    leastDescent: 0.1,
    leastLoss: 1e-2,
  },
};

const mixed: Tolerances = {
  smallCase: 2 ** -9,
  reorderedSum: 2 ** -9,
  rounding: 2 ** -10,
  lossSum: 1e-6,
  sampling: {
    maxSamples: 32,
    leastMargin: 2 ** -10,
    weightRounding: 2 ** -11,
    roundsStored: false,
    movedWeights: 2 ** -8,
    roundedOracle: 2 ** -10,
    roundedLoss: 2 ** -10,
  },
  trajectory: {
    maxSamples: 24,
    factor: 4,
    floor: 2 ** -9,
    lossCeiling: 2 ** -5,
    updateCeiling: 2 ** -3,
    leastDescent: 0.1,
    leastLoss: 1e-2,
  },
};

/**
 * The named tolerances of docs/numerics.md, which derives them, for each precision. None is ever widened
 * to make a case pass.
 */
export const tolerances: Readonly<Record<Precision, Tolerances>> = { f32, mixed };
