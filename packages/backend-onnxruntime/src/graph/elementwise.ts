import type { ElementType, GraphBuilder, Value } from "./graph-builder.js";
import { ELEMENT_TYPES } from "./onnx-schema.js";
import { broadcastShape } from "./shape.js";

/** A float32 scalar. */
export function scalar(graph: GraphBuilder, value: number): Value {
  return graph.constant(new Float32Array([value]), []);
}

function binary(opType: string) {
  return (graph: GraphBuilder, a: Value, b: Value | number): Value => {
    const right = typeof b === "number" ? scalar(graph, b) : b;
    return graph.node(opType, [a, right], { type: a.type, shape: broadcastShape(a, right) });
  };
}

function unary(opType: string) {
  return (graph: GraphBuilder, x: Value): Value => graph.node(opType, [x], x);
}

export const add = binary("Add");
export const subtract = binary("Sub");
export const multiply = binary("Mul");
export const divide = binary("Div");
export const relu = unary("Relu");
export const floor = unary("Floor");
export const squareRoot = unary("Sqrt");
export const exponential = unary("Exp");
export const logarithm = unary("Log");

/** The elementwise maximum of values of one shape. */
export function variadicMaximum(graph: GraphBuilder, values: readonly Value[]): Value {
  const [first] = values;
  if (first === undefined) throw new Error("variadicMaximum: expected at least one value");
  return values.length === 1 ? first : graph.node("Max", values, first);
}

export function cast(graph: GraphBuilder, x: Value, type: ElementType): Value {
  if (x.type === type) return x;
  return graph.node("Cast", [x], { type, shape: x.shape }, { to: { int: ELEMENT_TYPES[type] } });
}

/** Steep enough that every normal float32 saturates. */
const STEEP = 3e38;

/**
 * `value` where `x` is positive, else 0. A product with `HardSigmoid(3e38 x)` is 3 to 4 times as fast on a CPU
 * as `Where(Greater)` or `Sign`, and every provider has it.
 */
export function wherePositive(graph: GraphBuilder, x: Value, value: Value): Value {
  if (graph.dialect.fastWhere) return where(graph, compare(graph, "Greater", x, scalar(graph, 0)), value, 0);
  const isPositive = graph.node("HardSigmoid", [x], x, { alpha: { float: STEEP }, beta: { float: 0 } });
  return multiply(graph, value, isPositive);
}

/** A value split in two: `equal` has it where `a` is `b`, `rest` elsewhere; 0 in other places. */
export interface Parted {
  readonly equal: Value;
  readonly rest: Value;
}

/** Splits a value by where `a` is `b`, which is never larger. */
export function partWhereEqual(graph: GraphBuilder, a: Value, b: Value, value: Value): Parted {
  if (graph.dialect.fastWhere) {
    const isEqual = compare(graph, "Equal", a, b);
    return { equal: where(graph, isEqual, value, 0), rest: where(graph, isEqual, 0, value) };
  }
  const difference = subtract(graph, a, b);
  const attributes = { alpha: { float: -STEEP }, beta: { float: 1 } };
  const equal = multiply(graph, value, graph.node("HardSigmoid", [difference], difference, attributes));
  return { equal, rest: subtract(graph, value, equal) };
}

function compare(graph: GraphBuilder, opType: "Equal" | "Greater", a: Value, b: Value): Value {
  return graph.node(opType, [a, b], { type: "bool", shape: broadcastShape(a, b) });
}

function where(graph: GraphBuilder, condition: Value, yes: Value | number, no: Value | number): Value {
  const [a, b] = [yes, no].map((value) => (typeof value === "number" ? scalar(graph, value) : value));
  if (a === undefined || b === undefined) throw new Error("where: expected two values");
  return graph.node("Where", [condition, a, b], { type: a.type, shape: condition.shape });
}
