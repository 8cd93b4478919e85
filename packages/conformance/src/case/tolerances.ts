import type { CompileOptions, MixedFactors, Precision } from "@nin/backend";

/**
 * How a program rounds, by the precision and the arithmetic of convolutions that it was compiled for: `mixed` with factors
 * of float16, `bfloat16` with those.
 */
export type Arithmetic = Precision | "fast" | "bfloat16";

/**
 * @param options - as a model is compiled with
 * @param factors - of mixed precision, on the device
 */
export function arithmeticOf(
  { precision = "f32", convolution = "exact" }: Pick<CompileOptions, "precision" | "convolution">,
  factors: MixedFactors = "float16",
): Arithmetic {
  if (precision === "mixed") return factors === "bfloat16" ? "bfloat16" : "mixed";
  return convolution === "fast" ? "fast" : precision;
}

/** Whether a program of this arithmetic rounds the factors of products. */
export function roundsFactors(arithmetic: Arithmetic): boolean {
  return arithmetic === "mixed" || arithmetic === "bfloat16";
}

/**
 * How far a correct program of one arithmetic may be from the oracle, and what the cases that hold it to this must
 * fulfil.
 */
export interface Tolerances {
  /** Forward values, losses and gradients of small networks, away from kinks. Units: relative L2. */
  readonly smallCase: number;
  /** The same batch, split into parts of another size. Units: relative L2. */
  readonly reorderedSum: number;
  /** The same batch as images, as indices into the data set and as preprocessed input. Units: relative L2. */
  readonly rounding: number;
  /** A sum of losses, compared with the same sum computed on the host. Units: relative. */
  readonly lossSum: number;
  readonly sampling: SamplingLimits;
  readonly trajectory: TrajectoryTolerances;
}

/** When correct programs agree on a random case; one that is outside these limits is sampled again. */
export interface SamplingLimits {
  /** How many samples are tried at most. */
  readonly maxSamples: number;
  /** The least distance from a kink: with a smaller one a rounding may move a value to its other side. */
  readonly leastMargin: number;
  /** One rounding of a weight, as a fraction of the weight. */
  readonly weightRounding: number;
  /** Whether stored weights are rounded, and with them their updates, or only the factors of products. */
  readonly roundsStored: boolean;
  /** How far gradients may move when every weight moves by one rounding. Units: relative L2. */
  readonly movedWeights: number;
  /** How far the rounded oracle's values or gradients may be from the oracle's own. Units: relative L2. */
  readonly roundedOracle: number;
  /** How far the rounded oracle's loss may be from the oracle's own. Units: relative. */
  readonly roundedLoss: number;
}

/** How training runs are compared with the oracle's; see `runTolerance`. */
export interface TrajectoryTolerances {
  /** How many samples of a run are tried at most. */
  readonly maxSamples: number;
  /** How many spreads are allowed. */
  readonly factor: number;
  readonly floor: number;
  readonly lossCeiling: number;
  readonly updateCeiling: number;
  /** The fraction by which a run must lower its loss: on a plateau every program looks correct. */
  readonly leastDescent: number;
  /** The least loss of a step: a smaller one is what remains of the difference of much larger numbers. */
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

/** Of sums that a convolution rounds ten times as coarsely. */
const fast: Tolerances = {
  smallCase: 2e-4,
  reorderedSum: 2e-5,
  rounding: 1e-5,
  lossSum: 1e-6,
  sampling: {
    maxSamples: 32,
    leastMargin: 1e-4,
    weightRounding: 10 * 2 ** -23,
    roundsStored: true,
    movedWeights: 2e-5,
    roundedOracle: 2e-5,
    roundedLoss: 1e-4,
  },
  trajectory: {
    maxSamples: 8,
    factor: 10,
    floor: 1e-4,
    lossCeiling: 1e-2,
    updateCeiling: 1e-1,
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

/** Eight times as coarse as float16, for bfloat16 has three bits less; but for the ceilings, which bound what a run proves. */
const bfloat16: Tolerances = {
  smallCase: 2 ** -6,
  reorderedSum: 2 ** -6,
  rounding: 2 ** -7,
  lossSum: 1e-6,
  sampling: {
    maxSamples: 128,
    leastMargin: 2 ** -7,
    weightRounding: 2 ** -8,
    roundsStored: false,
    movedWeights: 2 ** -5,
    roundedOracle: 2 ** -7,
    roundedLoss: 2 ** -7,
  },
  trajectory: {
    maxSamples: 96,
    factor: 4,
    floor: 2 ** -6,
    lossCeiling: 2 ** -3,
    updateCeiling: 2 ** -1,
    leastDescent: 0.1,
    leastLoss: 1e-2,
  },
};

/**
 * The named tolerances of docs/numerics.md, which derives them, for each arithmetic. None is ever widened
 * to make a case pass.
 */
export const tolerances: Readonly<Record<Arithmetic, Tolerances>> = { f32, fast, mixed, bfloat16 };
