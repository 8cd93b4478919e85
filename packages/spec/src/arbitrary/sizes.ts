import fc from "fast-check";
import type { Size2d } from "../layers/layer-kind.js";

/** [height, width], equal in half of the cases. */
export function sizes(min: number, max: number): fc.Arbitrary<Size2d> {
  const extent = fc.integer({ min, max });
  return fc.oneof(
    extent.map((both): Size2d => [both, both]),
    fc.tuple(extent, extent),
  );
}

/** A size as JSON has it: equal extents as one integer, where `brief` says so. */
export function written(size: Size2d, brief: boolean): number | Size2d {
  return brief && size[0] === size[1] ? size[0] : size;
}
