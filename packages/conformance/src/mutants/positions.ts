import { elementCount, type Shape } from "@nin/spec";

/** For each flat position of a tensor of four axes, the flat position that `place` gives for its indices. */
export function positionsOf(
  shape: Shape,
  place: (a: number, b: number, c: number, d: number) => number,
): Int32Array {
  const [, second = 1, third = 1, fourth = 1] = shape;
  return Int32Array.from({ length: elementCount(shape) }, (_, flat) => {
    const d = flat % fourth;
    const c = Math.floor(flat / fourth) % third;
    const b = Math.floor(flat / (fourth * third)) % second;
    return place(Math.floor(flat / (fourth * third * second)), b, c, d);
  });
}
