import { createReferenceBackend, type ReferenceBackend, type ReferenceOptions } from "@nin/backend-reference";
import {
  type LayerGradients,
  type LayerMath,
  type LayerOperands,
  referenceParts,
  type Tensor64,
  tensor64,
} from "@nin/backend-reference/parts";
import type { PrimitiveLayer } from "@nin/spec";
import { toFloat16 } from "./float16.js";
import { roundedParts } from "./rounded-reference.js";

/** Takes gradients of scores far from the least normal float16 (6e-5), and far from the largest. */
const HEADROOM = 1024;

/** Rounds a factor of a product. */
export type FactorRounding = (value: number) => number;

/** What becomes of factors. */
export interface MixedOptions {
  /** `toFloat16` by default. */
  readonly round?: FactorRounding;
  /** What gradients are times before they are rounded: by default a power of two, larger for larger batches. */
  readonly gradientScale?: (batch: number) => number;
}

/**
 * The reference as a right program in mixed precision would compute it at its best: of every product of a
 * convolution or linear layer both factors are rounded to float16, gradients after they were scaled by a
 * power of two; sums in float64, what is stored in float32. `parts` puts a mistake in place of a part.
 */
export function createMixedReference(
  { round = toFloat16, gradientScale = powerOfTwo }: MixedOptions = {},
  parts: ReferenceOptions = {},
): ReferenceBackend {
  const { mathOf = referenceParts.mathOf, ...rest } = parts;
  const rounding = { round, gradientScale };
  return createReferenceBackend(
    roundedParts({ ...rest, mathOf: (layer, name) => withFactors(layer, mathOf(layer, name), rounding) }),
  );
}

function powerOfTwo(batch: number): number {
  return HEADROOM * 2 ** Math.floor(Math.log2(batch));
}

function withFactors(
  { kind }: PrimitiveLayer,
  math: LayerMath<PrimitiveLayer>,
  { round, gradientScale }: Required<MixedOptions>,
): LayerMath<PrimitiveLayer> {
  if (kind !== "conv2d" && kind !== "linear") return math;
  return {
    ...math,
    forward: (layer, input, operands) =>
      math.forward(layer, roundedBy(input, round), withRoundedWeight(operands, round)),
    backward(layer, gradient, { input, output }, operands): LayerGradients {
      const values = { input: roundedBy(input, round), output };
      const scale = gradientScale(gradient.shape[0] ?? 1);
      const factor = roundedBy(gradient, (value) => round(value * scale) / scale);
      const gradients = math.backward(layer, factor, values, withRoundedWeight(operands, round));
      if (gradients.bias === undefined) return gradients;
      return { ...gradients, bias: withoutRounding(gradients.bias, gradient, factor) };
    },
  };
}

/** A bias's gradient is a sum of no products: what rounding took from its terms is given back. */
function withoutRounding(bias: Tensor64, terms: Tensor64, rounded: Tensor64): Tensor64 {
  const [batch = 1, channels = 1] = terms.shape;
  const plane = terms.data.length / (batch * channels);
  const sums = tensor64(bias.shape, bias.data.slice());
  terms.data.forEach((term, index) => {
    const channel = Math.floor(index / plane) % channels;
    sums.data[channel] = (sums.data[channel] ?? 0) + term - (rounded.data[index] ?? 0);
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
