import { type AvgPool2d, at, type Conv2d, type PlacedLayer } from "@nin/spec";
import type { Attribute, Dimension, GraphBuilder, Value } from "../graph/graph-builder.js";
import type { PoolWindow } from "../layers/pool-window.js";

/** One layer as ONNX's own operator, on NCHW. */
export function exportLayer(
  graph: GraphBuilder,
  { layer, inputShape, outputShape }: PlacedLayer,
  input: Value,
  shape: readonly Dimension[],
  parameters: readonly Value[],
): Value {
  const result = { type: input.type, shape };
  switch (layer.kind) {
    case "conv2d":
      return graph.node("Conv", [input, ...parameters], result, convolutionAttributes(layer));
    case "relu":
      return graph.node("Relu", [input], result);
    case "maxPool2d":
      return graph.node("MaxPool", [input], result, poolAttributes(layer, inputShape, outputShape));
    case "avgPool2d":
      return exportAveragePool(graph, layer, input, inputShape, outputShape, result);
    case "globalAvgPool2d":
      return graph.node("GlobalAveragePool", [input], result);
    case "flatten":
      return graph.node("Flatten", [input], result, { axis: { int: 1 } });
    case "linear":
      return graph.node("Gemm", [input, ...parameters], result, { transB: { int: 1 } });
    case "dropout":
      return input;
  }
}

function convolutionAttributes({ kernelSize, stride, padding }: Conv2d): Readonly<Record<string, Attribute>> {
  return {
    kernel_shape: { ints: kernelSize },
    strides: { ints: stride },
    pads: { ints: [...padding, ...padding] },
  };
}

/** `ceilMode` becomes padding at the end, which every runtime interprets in the same way. */
function poolAttributes(
  { kernelSize, stride, padding }: PoolWindow,
  inputShape: readonly number[],
  outputShape: readonly number[],
): Readonly<Record<string, Attribute>> {
  const end = ([0, 1] as const).map((axis) => {
    const span = (at(outputShape, axis + 1) - 1) * stride[axis] + kernelSize[axis];
    return Math.max(0, span - at(inputShape, axis + 1) - padding[axis]);
  });
  return {
    kernel_shape: { ints: kernelSize },
    strides: { ints: stride },
    pads: { ints: [...padding, ...end] },
  };
}

/** Averages that count all padding, then corrected where a window extends past the padded input. */
function exportAveragePool(
  graph: GraphBuilder,
  layer: AvgPool2d,
  input: Value,
  inputShape: readonly number[],
  outputShape: readonly number[],
  result: Pick<Value, "type" | "shape">,
): Value {
  const averaged = graph.node("AveragePool", [input], result, {
    ...poolAttributes(layer, inputShape, outputShape),
    count_include_pad: { int: 1 },
  });
  const correction = (axis: 0 | 1): readonly number[] => {
    const { kernelSize, stride, padding } = layer;
    const end = at(inputShape, axis + 1) + 2 * padding[axis];
    return Array.from({ length: at(outputShape, axis + 1) }, (_, window) => {
      const start = window * stride[axis];
      return kernelSize[axis] / (Math.min(start + kernelSize[axis], end) - start);
    });
  };
  const columnFactors = correction(1);
  const rowFactors = correction(0);
  const factors = rowFactors.flatMap((row) => columnFactors.map((column) => row * column));
  if (factors.every((factor) => factor === 1)) return averaged;
  const shape = [1, 1, rowFactors.length, columnFactors.length];
  const constant = graph.constant(Float32Array.from(factors), shape);
  return graph.node("Mul", [averaged, constant], result);
}
