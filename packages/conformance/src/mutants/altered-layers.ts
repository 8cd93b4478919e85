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
import { elementCount, type PrimitiveKind, type PrimitiveLayer, type Shape } from "@nin/spec";
import { referenceWith } from "./wrapped.js";

type LayerOf<Kind extends PrimitiveKind> = Extract<PrimitiveLayer, { readonly kind: Kind }>;

/** The reference, one layer kind of which computes otherwise. */
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

/** The reference, which takes every layer of a kind for another one. */
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

/** What a forward pass had. */
export interface ForwardPass<Kind extends PrimitiveKind> {
  readonly layer: LayerOf<Kind>;
  readonly input: Tensor64;
  readonly operands: LayerOperands;
}

/** The reference, the output of one layer kind of which is changed in place; its gradients are right. */
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

/** What a backward pass had. */
export interface BackwardPass<Kind extends PrimitiveKind> {
  readonly layer: LayerOf<Kind>;
  readonly outputGradient: Tensor64;
  readonly values: LayerValues;
  readonly operands: LayerOperands;
}

/** The reference, the gradients of one layer kind of which are replaced. */
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
 * The reference, which reads the weights of a kind at other positions: `position(shape)` gives
 * where the element of each flat position is taken from. Gradients go back to where it came from.
 */
export function withWeightsReadAt(
  kind: "conv2d" | "linear",
  position: (shape: Shape) => Int32Array | undefined,
): Backend {
  const read = (operands: LayerOperands): LayerOperands => {
    const from = position(operands.weight?.shape ?? []);
    if (operands.weight === undefined || from === undefined) return operands;
    const { shape, data } = operands.weight;
    return {
      ...operands,
      weight: tensor64(
        shape,
        Float64Array.from(from, (index) => data[index] ?? 0),
      ),
    };
  };
  return withLayer(kind, ({ forward, backward }) => ({
    forward: (layer: never, input, operands) => forward(layer, input, read(operands)),
    backward: (layer: never, outputGradient, values, operands) => {
      const gradients = backward(layer, outputGradient, values, read(operands));
      const from = position(operands.weight?.shape ?? []);
      if (gradients.weight === undefined || from === undefined) return gradients;
      const { shape, data } = gradients.weight;
      const weight = tensor64(shape);
      from.forEach((index, i) => {
        weight.data[index] = data[i] ?? 0;
      });
      return { ...gradients, weight };
    },
  }));
}

/** For each flat position of a tensor of four axes, the flat position that `place` gives for its indices. */
export function positionsOf(
  shape: Shape,
  place: (a: number, b: number, c: number, d: number) => number,
): Int32Array {
  const [, second = 1, third = 1, fourth = 1] = shape;
  return Int32Array.from({ length: elementCount(shape) }, (_, flat) => {
    const d = flat % fourth;
    const c = Math.floor(flat / fourth) % third;
    const b = Math.floor(flat / (fourth * third)) % second;
    return place(Math.floor(flat / (fourth * third * second)), b, c, d);
  });
}
