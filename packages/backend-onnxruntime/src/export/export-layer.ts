import type { AvgPool2d, Conv2d, PlacedLayer } from "@nin/spec";
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
      return exportAveragePool(graph, layer, input, inputShape, result);
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

/** `ceilMode` as padding at the end, which every runtime reads the same way. */
function poolAttributes(
  { kernelSize, stride, padding }: PoolWindow,
  inputShape: readonly number[],
  outputShape: readonly number[],
): Readonly<Record<string, Attribute>> {
  const end = ([0, 1] as const).map((axis) => {
    const windows = outputShape[axis + 1] ?? 1;
    const span = (windows - 1) * stride[axis] + kernelSize[axis];
    return Math.max(0, span - (inputShape[axis + 1] ?? 0) - padding[axis]);
  });
  return {
    kernel_shape: { ints: kernelSize },
    strides: { ints: stride },
    pads: { ints: [...padding, ...end] },
  };
}

/** All padding counted, then corrected where a window runs past the padded input. */
function exportAveragePool(
  graph: GraphBuilder,
  layer: AvgPool2d,
  input: Value,
  inputShape: readonly number[],
  result: Pick<Value, "type" | "shape">,
): Value {
  const [, rows = 1, columns = 1] = result.shape.slice(1).map(Number);
  const averaged = graph.node("AveragePool", [input], result, {
    ...poolAttributes(layer, inputShape, result.shape.slice(1).map(Number)),
    count_include_pad: { int: 1 },
  });
  const correction = ([0, 1] as const).map((axis) => {
    const { kernelSize, stride, padding } = layer;
    const end = (inputShape[axis + 1] ?? 0) + 2 * padding[axis];
    return Array.from({ length: axis === 0 ? rows : columns }, (_, window) => {
      const start = window * stride[axis];
      return kernelSize[axis] / (Math.min(start + kernelSize[axis], end) - start);
    });
  });
  const [byRow = [], byColumn = []] = correction;
  const factors = byRow.flatMap((row) => byColumn.map((column) => row * column));
  if (factors.every((factor) => factor === 1)) return averaged;
  const constant = graph.constant(Float32Array.from(factors), [1, 1, rows, columns]);
  return graph.node("Mul", [averaged, constant], result);
}
