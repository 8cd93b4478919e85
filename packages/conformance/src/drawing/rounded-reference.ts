import type { Backend, Labels } from "@nin/backend";
import { createReferenceBackend, type ReferenceOptions } from "@nin/backend-reference";
import {
  type LayerMath,
  type Loss,
  referenceParts,
  type Tensor64,
  tensor64,
} from "@nin/backend-reference/parts";
import type { PrimitiveLayer } from "@nin/spec";

/**
 * The reference as a right program in float32 would compute it at its best: sums in float64, but every
 * layer's output, every probability and every gradient rounded to float32 when it is stored.
 */
export function createRoundedReference(): Backend {
  return createReferenceBackend(roundedParts());
}

/** Parts of the reference, by default the right ones, that store float32. */
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

/** Of the label's score the gradient is its probability less 1: where that is nearly 1, its rounding is all there is. */
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
