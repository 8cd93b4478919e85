import type { GraphBuilder, Value } from "./graph-builder.js";
import { reshape, transpose } from "./layout.js";
import { extentOf, staticShape } from "./shape.js";

/** Which operands of a product are transposed in their last two axes. */
export interface Transposed {
  readonly a?: boolean;
  readonly b?: boolean;
}

/** Batched matrix product of the last two axes; leading axes are broadcast. */
export function matMul(graph: GraphBuilder, a: Value, b: Value, transposed: Transposed = {}): Value {
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
  const result = { type: a.type, shape: [...batchAxes(a, b), rows, columns] };
  if (!transposeA && !transposeB) return graph.node("MatMul", [a, b], result);
  const attributes = { transA: { int: Number(transposeA) }, transB: { int: Number(transposeB) } };
  return graph.node("FusedMatMul", [a, b], result, attributes, "com.microsoft");
}

/** Rows from which a sum over rows is cut in two: one thread each. Measured, docs/decisions. */
const SPLIT_ROWS = 4000;

/**
 * `a^T b` for tall `a` and `b` of equal height: a weight gradient. A long sum is cut in two, so
 * that the runtime, which never splits the inner axis of a product, has work for two threads.
 */
export function transposedProduct(graph: GraphBuilder, a: Value, b: Value): Value {
  const [rows = 0, inChannels = 0] = staticShape(a);
  const outChannels = extentOf(b, 1);
  if (rows < SPLIT_ROWS || rows % 2 !== 0) return matMul(graph, a, b, { a: true });
  const halves = matMul(
    graph,
    reshape(graph, a, [2, rows / 2, inChannels]),
    reshape(graph, b, [2, rows / 2, outChannels]),
    { a: true },
  );
  const half = { type: halves.type, shape: [1, inChannels, outChannels] };
  const [first = halves, second = halves] = graph.nodes("Split", [halves], [half, half], {
    axis: { int: 0 },
    num_outputs: { int: 2 },
  });
  const sum = graph.node("Add", [first, second], half);
  return reshape(graph, sum, [inChannels, outChannels]);
}

/** The sum over rows of a matrix, as a product with ones: 4 times as fast as `ReduceSum` on a CPU. */
export function columnSums(graph: GraphBuilder, x: Value): Value {
  const [rows = 0, columns = 0] = staticShape(x);
  const ones = graph.constant(new Float32Array(rows).fill(1), [1, rows]);
  return reshape(graph, matMul(graph, ones, x), [columns]);
}

function swapLastAxes(graph: GraphBuilder, x: Value): Value {
  const axes = x.shape.map((_, axis) => axis);
  const last = axes.length - 1;
  return transpose(graph, x, axes.with(last, last - 1).with(last - 1, last));
}

function batchAxes(a: Value, b: Value): readonly number[] {
  const leadingA = staticShape(a).slice(0, -2);
  const leadingB = staticShape(b).slice(0, -2);
  const rank = Math.max(leadingA.length, leadingB.length);
  return Array.from({ length: rank }, (_, axis) =>
    Math.max(leadingA[axis - rank + leadingA.length] ?? 1, leadingB[axis - rank + leadingB.length] ?? 1),
  );
}
