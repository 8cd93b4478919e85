import type { Value } from "./graph-builder.js";

/** The value's extents. Throws: `Error` when one of them is known only when the graph runs. */
export function staticShape(value: Value): readonly number[] {
  return value.shape.map((extent) => {
    if (typeof extent === "number") return extent;
    throw new Error(`${value.name}: the extent ${extent} is not known when the graph is written`);
  });
}

/** The value's extent along an axis. */
export function extentOf(value: Value, axis: number): number {
  const extent = staticShape(value).at(axis);
  if (extent === undefined) throw new Error(`${value.name}: no axis ${axis} in [${value.shape.join(", ")}]`);
  return extent;
}

/** The shape with the extent of one axis replaced. */
export function withExtent(value: Value, axis: number, extent: number): readonly number[] {
  return staticShape(value).with(axis, extent);
}

export function product(extents: readonly number[]): number {
  return extents.reduce((total, extent) => total * extent, 1);
}

/** The shape of an elementwise result, by ONNX's (NumPy's) broadcasting. */
export function broadcastShape(a: Value, b: Value): readonly number[] {
  const shapeA = staticShape(a);
  const shapeB = staticShape(b);
  const rank = Math.max(shapeA.length, shapeB.length);
  return Array.from({ length: rank }, (_, axis) => {
    const extentA = shapeA[axis - rank + shapeA.length] ?? 1;
    const extentB = shapeB[axis - rank + shapeB.length] ?? 1;
    if (extentA !== extentB && extentA !== 1 && extentB !== 1) {
      throw new Error(`cannot broadcast [${shapeA.join(", ")}] with [${shapeB.join(", ")}]`);
    }
    return extentA === 1 ? extentB : extentA;
  });
}
