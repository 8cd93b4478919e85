import type { Backend } from "@nin/backend";
import {
  type LayerGradients,
  type LayerMath,
  type LayerOperands,
  type LayerValues,
  layerMaths,
  referenceParts,
  type Tensor64,
  tensor64,
} from "@nin/backend-reference/parts";
import { at, elementCount, type PrimitiveKind, type PrimitiveLayer, present, type Shape } from "@nin/spec";
import { referenceWith } from "./wrapped.js";

type LayerOf<Kind extends PrimitiveKind> = Extract<PrimitiveLayer, { readonly kind: Kind }>;

/** The reference, in which one layer kind computes something else. */
export function withLayer<Kind extends PrimitiveKind>(
  kind: Kind,
  change: (math: LayerMath<LayerOf<Kind>>) => Partial<LayerMath<LayerOf<Kind>>>,
): Backend {
  const changed = { ...layerMaths[kind], ...change(layerMaths[kind]) };
  return referenceWith({
    mathOf: (layer, name) =>
      layer.kind === kind ? (changed as LayerMath<PrimitiveLayer>) : referenceParts.mathOf(layer, name),
  });
}

/** The reference, in which the fields of every layer of one kind are changed. */
export function withChangedFields<Kind extends PrimitiveKind>(
  kind: Kind,
  other: (layer: LayerOf<Kind>) => LayerOf<Kind>,
): Backend {
  return withLayer(kind, ({ allocate, forward, backward }) => ({
    allocate: (layer, input) => allocate(other(layer), input),
    forward: (layer, input, operands) => forward(other(layer), input, operands),
    backward: (layer, gradient, values, operands) => backward(other(layer), gradient, values, operands),
  }));
}

/** The arguments of a forward pass. */
export interface ForwardPass<Kind extends PrimitiveKind> {
  readonly layer: LayerOf<Kind>;
  readonly input: Tensor64;
  readonly operands: LayerOperands;
}

/** The reference, in which the output of one layer kind is changed in place, while its gradients are correct. */
export function withOutput<Kind extends PrimitiveKind>(
  kind: Kind,
  spoil: (output: Tensor64, ran: ForwardPass<Kind>) => void,
): Backend {
  return withLayer(kind, ({ forward }) => ({
    forward: (layer, input, operands) => {
      const output = forward(layer, input, operands);
      spoil(output, { layer, input, operands });
      return output;
    },
  }));
}

/** The arguments of a backward pass. */
export interface BackwardPass<Kind extends PrimitiveKind> {
  readonly layer: LayerOf<Kind>;
  readonly outputGradient: Tensor64;
  readonly values: LayerValues;
  readonly operands: LayerOperands;
}

/** The reference, in which the gradients of one layer kind are replaced. */
export function withGradients<Kind extends PrimitiveKind>(
  kind: Kind,
  replace: (gradients: LayerGradients, ran: BackwardPass<Kind>) => LayerGradients,
): Backend {
  return withLayer(kind, ({ backward }) => ({
    backward: (layer, outputGradient, values, operands) =>
      replace(backward(layer, outputGradient, values, operands), {
        layer,
        outputGradient,
        values,
        operands,
      }),
  }));
}

/**
 * The reference, in which one layer kind reads its weights at other positions. Gradients go back to where the weights
 * came from.
 *
 * @param sources - for each flat position of a weight of this shape, the flat position that is read; undefined where
 *   weights of this shape are read correctly
 */
export function withWeightsReadAt(
  kind: "conv2d" | "linear",
  sources: (shape: Shape) => Int32Array | undefined,
): Backend {
  const read = (operands: LayerOperands): LayerOperands => {
    const { shape, data } = present(operands.weight);
    const from = sources(shape);
    if (from === undefined) return operands;
    return {
      ...operands,
      weight: tensor64(
        shape,
        Float64Array.from(from, (index) => at(data, index)),
      ),
    };
  };
  return withLayer(kind, ({ forward, backward }) => ({
    forward: (layer: never, input, operands) => forward(layer, input, read(operands)),
    backward: (layer: never, outputGradient, values, operands) => {
      const gradients = backward(layer, outputGradient, values, read(operands));
      const { shape, data } = present(gradients.weight);
      const from = sources(shape);
      if (from === undefined) return gradients;
      const weight = tensor64(shape);
      from.forEach((index, i) => {
        weight.data[index] = at(data, i);
      });
      return { ...gradients, weight };
    },
  }));
}

/** The extents of four axes; axes that a shape does not have, such as the height of features, have extent 1. */
export function fourAxes([first = 1, second = 1, third = 1, fourth = 1]: Shape): readonly [
  number,
  number,
  number,
  number,
] {
  return [first, second, third, fourth];
}

/** For each flat position of a tensor of four axes, the flat position that `place` gives for its indices. */
export function positionsOf(
  shape: Shape,
  place: (a: number, b: number, c: number, d: number) => number,
): Int32Array {
  const [, second, third, fourth] = fourAxes(shape);
  return Int32Array.from({ length: elementCount(shape) }, (_, flat) => {
    const d = flat % fourth;
    const c = Math.floor(flat / fourth) % third;
    const b = Math.floor(flat / (fourth * third)) % second;
    return place(Math.floor(flat / (fourth * third * second)), b, c, d);
  });
}
