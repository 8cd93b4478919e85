import { at } from "@nin/spec";
import type { GraphBuilder, Value } from "./graph-builder.js";

/** A 1-D int64 constant: shapes and axes. */
export function integers(graph: GraphBuilder, values: readonly number[]): Value {
  return graph.constant(BigInt64Array.from(values, BigInt), [values.length]);
}

export function reshape(graph: GraphBuilder, x: Value, shape: readonly number[]): Value {
  if (x.shape.join() === shape.join()) return x;
  if (product(staticShape(x)) !== product(shape)) {
    throw new Error(`cannot reshape [${x.shape.join(", ")}] to [${shape.join(", ")}]`);
  }
  return graph.node("Reshape", [x, integers(graph, shape)], { type: x.type, shape });
}

export function transpose(graph: GraphBuilder, x: Value, permutation: readonly number[]): Value {
  if (permutation.every((axis, index) => axis === index)) return x;
  const shape = permutation.map((axis) => extentOf(x, axis));
  return graph.node("Transpose", [x], { type: x.type, shape }, { perm: { ints: permutation } });
}

/** The entries of `axis` at constant positions, in their order. */
export function gather(graph: GraphBuilder, x: Value, positions: Int32Array, axis: number): Value {
  const extent = extentOf(x, axis);
  if (positions.length === extent && positions.every((position, index) => position === index)) return x;
  const shape = withExtent(x, axis, positions.length);
  const indices = graph.constant(positions, [positions.length]);
  return graph.node("Gather", [x, indices], { type: x.type, shape }, { axis: { int: axis } });
}

/** Positions for `gather`, computed from a four-dimensional index of these extents, the last axis fastest. */
export function indexTable(
  [a, b, c, d]: readonly [number, number, number, number],
  positionOf: (i: number, j: number, k: number, l: number) => number,
): Int32Array {
  const table = new Int32Array(a * b * c * d);
  let next = 0;
  for (let i = 0; i < a; i += 1) {
    for (let j = 0; j < b; j += 1) {
      for (let k = 0; k < c; k += 1) {
        for (let l = 0; l < d; l += 1) {
          table[next] = positionOf(i, j, k, l);
          next += 1;
        }
      }
    }
  }
  return table;
}

/**
 * The entries `start, start + step, ...` of an axis, `count` of them. With steps it is a `Gather`,
 * which copies with all threads where `Slice` uses one.
 */
export function slice(
  graph: GraphBuilder,
  x: Value,
  axis: number,
  start: number,
  count: number,
  step = 1,
): Value {
  if (start === 0 && step === 1 && count === extentOf(x, axis)) return x;
  if (step !== 1) {
    const positions = Int32Array.from({ length: count }, (_, index) => start + index * step);
    return gather(graph, x, positions, axis);
  }
  const bounds = [[start], [start + count], [axis], [1]].map((values) => integers(graph, values));
  return graph.node("Slice", [x, ...bounds], { type: x.type, shape: withExtent(x, axis, count) });
}

/**
 * Pads one axis with a constant, or crops it where a count is negative. A `Concat` with a constant
 * takes 0.6 times as long as a `Pad` on a CPU.
 */
export function padAxis(
  graph: GraphBuilder,
  x: Value,
  axis: number,
  before: number,
  after: number,
  value = 0,
): Value {
  const extent = extentOf(x, axis);
  const kept = extent + Math.min(before, 0) + Math.min(after, 0);
  // Nothing of `x` is left, as where a convolution's stride skips it: pad first, then crop the padding.
  if (kept < 1) {
    const wide = padAxis(graph, x, axis, Math.max(before, 0), Math.max(after, 0), value);
    return slice(graph, wide, axis, Math.max(-before, 0), extent + before + after);
  }
  const cropped = slice(graph, x, axis, Math.max(-before, 0), kept);
  const fill = (count: number): readonly Value[] => {
    if (count <= 0) return [];
    const shape = withExtent(x, axis, count);
    return [graph.constant(new Float32Array(product(shape)).fill(value), shape)];
  };
  return concat(graph, [...fill(before), cropped, ...fill(after)], axis);
}

/** One or more values joined along an axis. */
export function concat(graph: GraphBuilder, values: readonly Value[], axis: number): Value {
  const first = at(values, 0);
  if (values.length === 1) return first;
  const extent = values.reduce((total, value) => total + extentOf(value, axis), 0);
  return graph.node(
    "Concat",
    values,
    { type: first.type, shape: withExtent(first, axis, extent) },
    { axis: { int: axis } },
  );
}

/** A value split into parts of these lengths along an axis. */
export function split(
  graph: GraphBuilder,
  x: Value,
  lengths: readonly number[],
  axis: number,
): readonly Value[] {
  const results = lengths.map((length) => ({ type: x.type, shape: withExtent(x, axis, length) }));
  return graph.nodes("Split", [x, integers(graph, lengths)], results, { axis: { int: axis } });
}

/**
 * The value's extents.
 *
 * @throws Error when one of them is known only when the graph runs
 */
export function staticShape(value: Value): readonly number[] {
  return value.shape.map((extent) => {
    if (typeof extent === "number") return extent;
    throw new Error(`${value.name}: the extent ${extent} is not known when the graph is written`);
  });
}

type Extents<Rank> = Rank extends 2
  ? readonly [number, number]
  : Rank extends 3
    ? readonly [number, number, number]
    : readonly [number, number, number, number];

/**
 * The extents of a value of a known rank, to be destructured.
 *
 * @throws Error when the value has another rank
 */
export function extentsOf<Rank extends 2 | 3 | 4>(value: Value, rank: Rank): Extents<Rank> {
  const shape = staticShape(value);
  if (shape.length !== rank)
    throw new Error(`${value.name}: expected ${rank} axes, got [${shape.join(", ")}]`);
  return shape as unknown as Extents<Rank>;
}

/** The value's extent along an axis, counted from the end where it is negative. */
export function extentOf(value: Value, axis: number): number {
  const extent = staticShape(value).at(axis);
  if (extent === undefined) throw new Error(`${value.name}: no axis ${axis} in [${value.shape.join(", ")}]`);
  return extent;
}

/** The shape with the extent of one axis replaced. */
export function withExtent(value: Value, axis: number, extent: number): readonly number[] {
  return staticShape(value).with(axis, extent);
}

/** The product of extents: a shape's number of elements. */
export function product(extents: readonly number[]): number {
  return extents.reduce((total, extent) => total * extent, 1);
}

/**
 * The common shape of two operands by ONNX's (NumPy's) broadcasting.
 *
 * @throws Error when two extents differ and neither is 1
 */
export function broadcastShape(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  const padded = (shape: readonly number[]) => [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const shapeB = padded(b);
  return padded(a).map((extentA, axis) => {
    const extentB = at(shapeB, axis);
    if (extentA !== extentB && extentA !== 1 && extentB !== 1) {
      throw new Error(`cannot broadcast [${a.join(", ")}] with [${b.join(", ")}]`);
    }
    return extentA === 1 ? extentB : extentA;
  });
}
