import { at } from "@nin/spec";
import type { GraphBuilder, LongSums, Value } from "./graph-builder.js";
import { broadcastShape, extentOf, extentsOf, product, reshape, staticShape, transpose } from "./layout.js";

/** Which operands of a matrix product are transposed in their last two axes. */
export interface TransposedOperands {
  readonly a?: boolean;
  readonly b?: boolean;
}

/** Batched matrix product of the last two axes; leading axes are broadcast. */
export function matMul(graph: GraphBuilder, a: Value, b: Value, transposed: TransposedOperands = {}): Value {
  const { a: transposeA = false, b: transposeB = false } = transposed;
  if ((transposeA || transposeB) && !graph.dialect.fusedMatMul) {
    return matMul(graph, transposeA ? swapLastAxes(graph, a) : a, transposeB ? swapLastAxes(graph, b) : b);
  }
  const rows = extentOf(a, transposeA ? -1 : -2);
  const inner = extentOf(a, transposeA ? -2 : -1);
  const columns = extentOf(b, transposeB ? -2 : -1);
  if (inner !== extentOf(b, transposeB ? -1 : -2)) {
    throw new Error(`cannot multiply [${a.shape.join(", ")}] by [${b.shape.join(", ")}]`);
  }
  const batchAxes = broadcastShape(staticShape(a).slice(0, -2), staticShape(b).slice(0, -2));
  const result = { type: a.type, shape: [...batchAxes, rows, columns] };
  if (!transposeA && !transposeB) return graph.node("MatMul", [a, b], result);
  const attributes = { transA: { int: Number(transposeA) }, transB: { int: Number(transposeB) } };
  return graph.node("FusedMatMul", [a, b], result, attributes, "com.microsoft");
}

/**
 * `a^T b` for tall `a` and `b` of equal height: a weight gradient. A long sum over rows is split into parts that are
 * added up, since the runtime never splits the inner axis of a `MatMul`, which would leave most of the device idle.
 *
 * @param a [rows, inChannels]
 * @param b [rows, outChannels]
 * @param shape - of the result: its last axis is that of the outChannels
 * @returns [inChannels, outChannels], or the same numbers in the given shape
 */
export function tallMatMul(
  graph: GraphBuilder,
  a: Value,
  b: Value,
  shape: readonly number[] = [extentOf(a, 1), extentOf(b, 1)],
): Value {
  const [inChannels, outChannels] = [extentOf(a, 1), extentOf(b, 1)];
  const { wideColumns } = graph.dialect;
  if (wideColumns === undefined || inChannels <= outChannels || inChannels % wideColumns > 0) {
    return reshape(graph, tallProduct(graph, a, b), shape);
  }
  // A CPU's vectors are filled with columns: 5% to 20% faster. Transposed last: the runtime would move a transposition
  // from before a reshape to the end of the graph, as it does with a reshape of a reshape, and what comes last it needs first.
  const outChannelsFirst = reshape(graph, tallProduct(graph, b, a), [outChannels, ...shape.slice(0, -1)]);
  return transpose(graph, outChannelsFirst, [...shape.slice(1).keys()].map((axis) => axis + 1).concat(0));
}

/** `a^T b`, with `b`'s channels as its columns, in a shape of [inChannels, outChannels] with leading ones or flat. */
function tallProduct(graph: GraphBuilder, a: Value, b: Value): Value {
  const [rows, inChannels] = extentsOf(a, 2);
  const [, outChannels] = extentsOf(b, 2);
  const parts = sumParts(rows, graph.dialect.longSums);
  if (parts === 1) return matMul(graph, a, b, { a: true });
  const partials = matMul(
    graph,
    reshape(graph, a, [parts, rows / parts, inChannels]),
    reshape(graph, b, [parts, rows / parts, outChannels]),
    { a: true },
  );
  if (parts > 2) {
    // Not by ReduceSum: the CUDA provider's adds atomically, in another order each time.
    const sums = inChannels * outChannels;
    return columnSums(graph, reshape(graph, partials, [parts, sums]), [1, sums]);
  }
  const half = { type: partials.type, shape: [1, inChannels, outChannels] };
  const halves = graph.nodes("Split", [partials], [half, half], {
    axis: { int: 0 },
    num_outputs: { int: 2 },
  });
  return graph.node("Add", halves, half);
}

/** The number of equal parts that a sum of so many terms is split into. */
export function sumParts(terms: number, longSums: LongSums | undefined): number {
  if (longSums === undefined || terms < longSums.minTerms) return 1;
  const { maxTerms, maxParts } = longSums;
  const divisors = Array.from({ length: maxParts }, (_, index) => index + 1).filter(
    (parts) => terms % parts === 0,
  );
  return divisors.find((parts) => terms / parts <= maxTerms) ?? at(divisors, -1);
}

/**
 * The sums over all axes but the last, as a `MatMul` with a row of ones: 4 times as fast as `ReduceSum` on a CPU.
 *
 * @param shape - of the result
 */
export function columnSums(graph: GraphBuilder, x: Value, shape = [extentOf(x, -1)]): Value {
  const columns = extentOf(x, -1);
  const rows = product(staticShape(x)) / columns;
  const ones = graph.constant(new Float32Array(rows).fill(1), [1, rows]);
  return reshape(graph, matMul(graph, ones, reshape(graph, x, [rows, columns])), shape);
}

function swapLastAxes(graph: GraphBuilder, x: Value): Value {
  const axes = x.shape.map((_, axis) => axis);
  const last = axes.length - 1;
  return transpose(graph, x, axes.with(last, last - 1).with(last - 1, last));
}

/** A constant matrix, row-major. */
export type Matrix = readonly (readonly number[])[];

/** The transpose of a matrix with at least one row. */
export function transposeMatrix(matrix: Matrix): Matrix {
  return at(matrix, 0).map((_, column) => matrix.map((row) => at(row, column)));
}

/** A matrix with at least one row as a float32 constant of a graph. */
export function matrixConstant(graph: GraphBuilder, matrix: Matrix): Value {
  return graph.constant(Float32Array.from(matrix.flat()), [matrix.length, at(matrix, 0).length]);
}
