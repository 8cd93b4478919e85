import type { GraphBuilder, Value } from "./graph-builder.js";
import { integers } from "./layout.js";
import { staticShape } from "./shape.js";

/** Whether a reduced axis stays, with extent 1, or disappears. */
export interface Reduction {
  readonly keepAxes?: boolean;
}

function reduction(opType: string) {
  return (
    graph: GraphBuilder,
    x: Value,
    axes: readonly number[],
    { keepAxes = false }: Reduction = {},
  ): Value => {
    const shape = keepAxes
      ? staticShape(x).map((extent, axis) => (axes.includes(axis) ? 1 : extent))
      : staticShape(x).filter((_, axis) => !axes.includes(axis));
    const attributes = { keepdims: { int: Number(keepAxes) } };
    return graph.node(opType, [x, integers(graph, axes)], { type: x.type, shape }, attributes);
  };
}

/** The sum over some axes. */
export const reduceSum = reduction("ReduceSum");

/** The largest over some axes. */
export const reduceMax = reduction("ReduceMax");
