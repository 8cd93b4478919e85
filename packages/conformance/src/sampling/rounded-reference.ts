import type { Backend, Labels } from "@nin/backend";
import { createReferenceBackend, type ReferenceBackend, type ReferenceOptions } from "@nin/backend-reference";
import {
  type LayerGradients,
  type LayerMath,
  type LayerOperands,
  type Loss,
  referenceParts,
  type Tensor64,
  tensor64,
} from "@nin/backend-reference/parts";
import { at, type PrimitiveLayer, present } from "@nin/spec";
import type { Arithmetic } from "../case/tolerances.js";

/** The reference with the roundings that no program of this arithmetic can avoid. */
export function roundedReferenceOf(arithmetic: Arithmetic): Backend {
  if (arithmetic === "mixed") return createMixedReference();
  return arithmetic === "bfloat16" ? createMixedReference(OF_BFLOAT16) : createRoundedReference();
}

/**
 * The reference with the roundings that no program in float32 can avoid: sums are float64, but every layer's output,
 * every probability and every gradient is rounded to float32 when it is stored.
 */
export function createRoundedReference(): Backend {
  return createReferenceBackend(roundedParts());
}

/** Parts of the reference (its own by default) that store their results in float32. */
export function roundedParts(parts: ReferenceOptions = {}): ReferenceOptions {
  const { mathOf, loss } = { ...referenceParts, ...parts };
  return {
    ...parts,
    mathOf: (layer, name) => roundedMath(mathOf(layer, name)),
    loss: (scores, labels) => roundedLoss(loss(scores, labels), labels),
  };
}

function roundedMath(math: LayerMath<PrimitiveLayer>): LayerMath<PrimitiveLayer> {
  return {
    ...math,
    forward: (layer, input, operands) => rounded(math.forward(layer, input, operands)),
    backward(layer, gradient, values, operands) {
      const { input, weight, bias } = math.backward(layer, gradient, values, operands);
      return {
        input: rounded(input),
        ...(weight === undefined ? {} : { weight: rounded(weight) }),
        ...(bias === undefined ? {} : { bias: rounded(bias) }),
      };
    },
  };
}

/**
 * The gradient of the label's score is its probability minus 1: where that probability is nearly 1, only its rounding
 * remains.
 */
function roundedLoss({ mean, gradient }: Loss, labels: Labels): Loss {
  const count = labels.length;
  const classes = gradient.data.length / count;
  const result = tensor64(gradient.shape);
  gradient.data.forEach((value, index) => {
    const target = index % classes === labels[Math.floor(index / classes)] ? 1 : 0;
    result.data[index] = Math.fround((Math.fround(value * count + target) - target) / count);
  });
  return { mean, gradient: result };
}

function rounded({ shape, data }: Tensor64): Tensor64 {
  return { shape, data: data.map(Math.fround) };
}

/** Keeps gradients of scores well above the least normal float16 (6e-5) and well below the largest. */
const HEADROOM = 1024;

/** Rounds one factor of a product. */
export type FactorRounding = (value: number) => number;

/** How factors of products are rounded. */
export interface MixedOptions {
  /** `toFloat16` by default. */
  readonly round?: FactorRounding;
  /** The scale of gradients while they are rounded: by default a power of two that grows with the batch. */
  readonly gradientScale?: (batch: number) => number;
  /** Rounds what convolutions store, which is their outputs and gradients: to float32 alone by default. */
  readonly store?: FactorRounding;
}

/** Mixed precision with bfloat16: its range is float32's, and layers pass it on. */
export const OF_BFLOAT16: MixedOptions = {
  round: roundedToBfloat16,
  store: roundedToBfloat16,
  gradientScale: () => 1,
};

/**
 * The reference with the roundings that no program in mixed precision can avoid: both factors of every product of a
 * convolution or linear layer are rounded to float16, gradients after scaling by a power of two; sums are float64, and
 * what is stored is float32.
 *
 * @param parts - replace parts of the reference, for example by a mistake
 */
export function createMixedReference(
  { round = toFloat16, gradientScale = powerOfTwo, store = (value) => value }: MixedOptions = {},
  parts: ReferenceOptions = {},
): ReferenceBackend {
  const { mathOf = referenceParts.mathOf, ...rest } = parts;
  const rounding = { round, gradientScale, store };
  const roundedOf: typeof mathOf = (layer, name) =>
    stored(layer, withFactors(layer, mathOf(layer, name), rounding), store);
  return createReferenceBackend(roundedParts({ ...rest, mathOf: roundedOf }));
}

function stored(
  { kind }: PrimitiveLayer,
  math: LayerMath<PrimitiveLayer>,
  store: FactorRounding,
): LayerMath<PrimitiveLayer> {
  if (kind !== "conv2d") return math;
  return {
    ...math,
    forward: (layer, input, operands) => roundedBy(math.forward(layer, input, operands), store),
    backward(layer, gradient, values, operands) {
      const { input, weight, bias } = math.backward(layer, roundedBy(gradient, store), values, operands);
      return {
        input: roundedBy(input, store),
        ...(weight === undefined ? {} : { weight: roundedBy(weight, store) }),
        ...(bias === undefined ? {} : { bias: roundedBy(bias, store) }),
      };
    },
  };
}

function powerOfTwo(batch: number): number {
  return HEADROOM * 2 ** Math.floor(Math.log2(batch));
}

function withFactors(
  { kind }: PrimitiveLayer,
  math: LayerMath<PrimitiveLayer>,
  { round, gradientScale }: Required<Omit<MixedOptions, "store">>,
): LayerMath<PrimitiveLayer> {
  if (kind !== "conv2d" && kind !== "linear") return math;
  return {
    ...math,
    forward: (layer, input, operands) =>
      math.forward(layer, roundedBy(input, round), withRoundedWeight(operands, round)),
    backward(layer, gradient, { input, output }, operands): LayerGradients {
      const values = { input: roundedBy(input, round), output };
      const scale = gradientScale(at(gradient.shape, 0));
      const factor = roundedBy(gradient, (value) => round(value * scale) / scale);
      const gradients = math.backward(layer, factor, values, withRoundedWeight(operands, round));
      if (gradients.bias === undefined) return gradients;
      return { ...gradients, bias: withoutRounding(gradients.bias, gradient, factor) };
    },
  };
}

/** A bias's gradient is a sum without products: this restores what rounding took from its terms. */
function withoutRounding(bias: Tensor64, terms: Tensor64, rounded: Tensor64): Tensor64 {
  const [batch, channels] = [at(terms.shape, 0), at(terms.shape, 1)];
  const plane = terms.data.length / (batch * channels);
  const sums = tensor64(bias.shape, bias.data.slice());
  terms.data.forEach((term, index) => {
    const channel = Math.floor(index / plane) % channels;
    sums.data[channel] = present(sums.data[channel]) + term - present(rounded.data[index]);
  });
  return sums;
}

function withRoundedWeight(operands: LayerOperands, round: FactorRounding): LayerOperands {
  return operands.weight === undefined
    ? operands
    : { ...operands, weight: roundedBy(operands.weight, round) };
}

function roundedBy({ shape, data }: Tensor64, round: FactorRounding): Tensor64 {
  return { shape, data: data.map((value) => round(value)) };
}

const bits = new DataView(new ArrayBuffer(4));

/** The bits of a float32's fraction that float16 does not have. */
const DROPPED = 13;
const LEAST_NORMAL = 2 ** -14;
const LEAST = 2 ** -24;
/** Halfway from the largest finite value, 65504, to what would be the next. */
const OVERFLOW = 65520;

/**
 * The value rounded to float16 (10 bits of fraction), to nearest, ties to even, as WGSL's `f16(x)` does for a float32.
 * Below 2^-14 the spacing is 2^-24.
 */
export function toFloat16(value: number): number {
  const size = Math.abs(value);
  if (size < LEAST_NORMAL) return LEAST * roundedToEven(value / LEAST);
  if (size >= OVERFLOW) return value > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return withoutBits(value, DROPPED);
}

/** The value rounded to bfloat16 (7 bits of fraction), to nearest, ties to even. */
export function roundedToBfloat16(value: number): number {
  return withoutBits(value, 16);
}

/** A float32 without the last `count` bits of its fraction, rounded to nearest, ties to even. */
function withoutBits(value: number, count: number): number {
  if (!Number.isFinite(value)) return value;
  bits.setFloat32(0, value);
  const word = bits.getUint32(0);
  const half = 2 ** (count - 1) - 1 + ((word >>> count) & 1);
  bits.setUint32(0, ((word + half) >>> count) << count);
  return bits.getFloat32(0);
}

function roundedToEven(value: number): number {
  const nearest = Math.round(value);
  return Math.abs(value - nearest) === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}
