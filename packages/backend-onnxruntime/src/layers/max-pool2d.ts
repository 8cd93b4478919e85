import { at, type MaxPool2d } from "@nin/spec";
import { add, isZero, multiply, subtract, variadicMaximum } from "../graph/arithmetic.js";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import {
  concat,
  extentOf,
  extentsOf,
  padAxis,
  product,
  reshape,
  slice,
  staticShape,
  withExtent,
} from "../graph/layout.js";
import { matMul } from "../graph/matmul.js";
import { type FeatureMap, fromHwnc, imageExtents, toHwnc } from "../layouts/feature-map.js";
import type { Formulation, LayerProgram } from "./layer-program.js";
import { type PoolWindow, poolWindowCount } from "./pool-window.js";

/**
 * The maximum of each window; of equal values the first in row-major order receives the gradient. A value that is not
 * finite makes its whole channel of its image NaN, because ONNX Runtime's `MaxPool` may lose a NaN: on the CPU unless
 * it comes first in its window, on WebGPU anywhere.
 */
export const maxPool2d: Formulation<MaxPool2d> = ({ body }, { layer }, input) =>
  poolMaximum(body, layer, input);

/**
 * Pools along the width, then along the height. The gradient takes the same way back: to the topmost row that holds
 * the maximum, then to the leftmost column of that row, which is the first in row-major order.
 */
export function poolMaximum(graph: GraphBuilder, pool: PoolWindow, input: FeatureMap): LayerProgram {
  const { height, width } = imageExtents(input);
  const x = toHwnc(graph, input);
  const across = maximumAlong(graph, x, axisWindows(pool, 1, width));
  const down = maximumAlong(graph, across.output, axisWindows(pool, 0, height));
  return {
    output: { layout: "hwnc", value: add(graph, down.output, zeroOrNan(graph, x)) },
    backward: (gradient, wantsInputGradient) =>
      wantsInputGradient
        ? fromHwnc(graph, across.backward(down.backward(gradient)), input.layout)
        : undefined,
  };
}

/** For each channel of each image 0, or NaN where a value is not finite: [1, 1, images, channels]. */
function zeroOrNan(graph: GraphBuilder, x: Value): Value {
  const [height, width, microBatchSize, channels] = extentsOf(x, 4);
  const zeros = graph.constant(new Float32Array(height * width), [1, height * width]);
  const sums = matMul(graph, zeros, reshape(graph, x, [height * width, microBatchSize * channels]));
  return reshape(graph, sums, [1, 1, microBatchSize, channels]);
}

/** The windows of a pool along one axis of HWNC. */
interface AxisWindows {
  readonly axis: 0 | 1;
  readonly count: number;
  readonly kernel: number;
  readonly stride: number;
  readonly before: number;
}

function axisWindows(pool: PoolWindow, axis: 0 | 1, extent: number): AxisWindows {
  return {
    axis,
    count: poolWindowCount(pool, axis, extent),
    kernel: pool.kernelSize[axis],
    stride: pool.stride[axis],
    before: pool.padding[axis],
  };
}

interface AxisMaximum {
  readonly output: Value;
  backward(gradient: Value): Value;
}

function maximumAlong(graph: GraphBuilder, x: Value, windows: AxisWindows): AxisMaximum {
  const { axis, count, kernel, stride, before } = windows;
  const extent = extentOf(x, axis);
  const after = (count - 1) * stride + kernel - extent - before;
  const taps = (): readonly Value[] => {
    const padded = padAxis(graph, x, axis, before, Math.max(0, after), Number.NEGATIVE_INFINITY);
    return Array.from({ length: kernel }, (_, tap) => slice(graph, padded, axis, tap, count, stride));
  };
  const output =
    axis === 1 ? poolWidth(graph, x, windows, Math.max(0, after)) : variadicMaximum(graph, taps());
  return {
    output,
    backward(gradient) {
      // Sliced again rather than kept: copies are cheap, memory held until the backward pass is not.
      const shares = shareGradient(graph, gradient, output, taps());
      return interleave(graph, shares, windows, extent);
    },
  };
}

/** The runtime's `MaxPool`, along the width of [height, width, images * channels]. */
function poolWidth(graph: GraphBuilder, x: Value, windows: AxisWindows, after: number): Value {
  const { count, kernel, stride, before } = windows;
  const [height, width, microBatchSize, channels] = extentsOf(x, 4);
  const rows = reshape(graph, x, [1, height, width, microBatchSize * channels]);
  const pooled = graph.node(
    "MaxPool",
    [rows],
    { type: x.type, shape: [1, height, count, microBatchSize * channels] },
    {
      kernel_shape: { ints: [kernel, 1] },
      strides: { ints: [stride, 1] },
      pads: { ints: [before, 0, after, 0] },
    },
  );
  return reshape(graph, pooled, [height, count, microBatchSize, channels]);
}

/** Passes each window's gradient to the first tap that equals the maximum. */
function shareGradient(
  graph: GraphBuilder,
  gradient: Value,
  output: Value,
  taps: readonly Value[],
): readonly Value[] {
  let remaining = gradient;
  return taps.map((tap, index) => {
    if (index === taps.length - 1) return remaining;
    const share = multiply(graph, remaining, isZero(graph, subtract(graph, output, tap)));
    remaining = subtract(graph, remaining, share);
    return share;
  });
}

/**
 * Puts the taps' gradients back where the taps were sliced from, summing where windows overlap: tap `t` of window `w`
 * is position `w * stride + t - before`, so taps that are equal modulo the stride share a phase, shifted by whole
 * windows. Gradients of padding are dropped.
 */
function interleave(
  graph: GraphBuilder,
  shares: readonly Value[],
  windows: AxisWindows,
  extent: number,
): Value {
  const { axis, count, stride, before } = windows;
  const length = Math.ceil(extent / stride);
  const phases = Array.from({ length: stride }, (_, phase) => {
    const shifted = shares.flatMap((share, tap) => {
      const shift = Math.floor((tap - before) / stride);
      if (tap - before - shift * stride !== phase) return [];
      return [padAxis(graph, share, axis, shift, length - count - shift)];
    });
    return shifted.length === 0 ? undefined : shifted.reduce((sum, share) => add(graph, sum, share));
  });
  const zeros = (): Value => {
    const shape = withExtent(at(shares, 0), axis, length);
    return graph.constant(new Float32Array(product(shape)), shape);
  };
  const columns = phases.map((phase) => {
    const value = phase ?? zeros();
    return reshape(graph, value, staticShape(value).toSpliced(axis + 1, 0, 1));
  });
  const stacked = concat(graph, columns, axis + 1);
  const shape = staticShape(stacked);
  const spread = reshape(graph, stacked, shape.toSpliced(axis, 2, length * stride));
  return padAxis(graph, spread, axis, 0, extent - length * stride);
}
