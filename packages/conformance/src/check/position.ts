import type { Shape, Tensor } from "@nin/spec";

/** Indices of an element by its flat position: `[0, 2, 5]`. */
export function indicesAt(shape: Shape, position: number): string {
  let rest = position;
  const indices = [...shape].reverse().map((extent) => {
    const index = rest % extent;
    rest = Math.floor(rest / extent);
    return index;
  });
  return `[${indices.reverse().join(", ")}]`;
}

/** Where two tensors differ most: `at [0, 2, 5] 1.5 instead of 1.25`. */
export function largestDifference(actual: Tensor, expected: Tensor): string {
  let worst = 0;
  let largest = -1;
  for (let index = 0; index < expected.data.length; index += 1) {
    const given = actual.data[index] ?? Number.NaN;
    const difference = Math.abs(given - (expected.data[index] ?? 0));
    // A NaN is the worst there is.
    const size = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    if (size > largest) [worst, largest] = [index, size];
  }
  const where = indicesAt(expected.shape, worst);
  return `at ${where} ${actual.data[worst]} instead of ${expected.data[worst]}`;
}
