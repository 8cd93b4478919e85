import type { GraphBuilder, Value } from "./graph-builder.js";

/** A constant matrix, row-major. */
export type Matrix = readonly (readonly number[])[];

/** The Kronecker product: it applies `a` to rows and `b` to columns of a flattened grid at once. */
export function kronecker(a: Matrix, b: Matrix): Matrix {
  return a.flatMap((rowA) =>
    b.map((rowB) => rowA.flatMap((valueA) => rowB.map((valueB) => valueA * valueB))),
  );
}

export function transposed(matrix: Matrix): Matrix {
  return (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column] ?? 0));
}

/** The matrix as a float32 constant of a graph. */
export function matrixConstant(graph: GraphBuilder, matrix: Matrix, shape?: readonly number[]): Value {
  const columns = matrix[0]?.length ?? 0;
  return graph.constant(Float32Array.from(matrix.flat()), shape ?? [matrix.length, columns]);
}
