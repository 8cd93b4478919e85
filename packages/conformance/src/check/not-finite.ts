import { elementCount, type Tensor } from "@nin/spec";
import { check } from "./check.js";
import { checkShape, checkTensor } from "./tensors.js";

/**
 * Fails unless what is not finite is so everywhere the oracle has it: where that has NaN there is NaN; where it has
 * infinity there is infinity or NaN. Other elements of an image that was given something not finite are the oracle's,
 * or NaN as well; images that are whole have the oracle's, within `tolerance` (relative L2). Shapes: [images, ...].
 */
export function checkNotFinite(
  actual: Tensor | undefined,
  expected: Tensor,
  input: Tensor,
  { what, tolerance }: { readonly what: string; readonly tolerance: number },
): void {
  checkShape(actual, expected.shape, what);
  const [images = 0] = expected.shape;
  for (let image = 0; image < images; image += 1) {
    const [own, wanted] = [imageOf(actual, image), imageOf(expected, image)];
    const name = `${what} of image ${image}`;
    if (imageOf(input, image).data.every((value) => Number.isFinite(value))) {
      checkTensor(own, wanted, name, tolerance);
    } else checkSpread(own, wanted, name, tolerance);
  }
}

function imageOf({ shape: [, ...unit], data }: Tensor, image: number): Tensor {
  const length = elementCount(unit);
  return { shape: unit, data: data.slice(image * length, (image + 1) * length) };
}

/** Fails unless there is NaN wherever the oracle has it. Other elements, such as those of a mask's zeros, are free. */
export function checkNan(actual: Tensor | undefined, expected: Tensor, what: string): void {
  checkShape(actual, expected.shape, what);
  expected.data.forEach((value, index) => {
    const own = actual.data[index] ?? 0;
    check(!Number.isNaN(value) || Number.isNaN(own), `${what} at ${index}: expected NaN, got ${own}`);
  });
}

function checkSpread(actual: Tensor, expected: Tensor, what: string, tolerance: number): void {
  const finite = [...expected.data].filter(Number.isFinite).map(Math.abs);
  const allowed = tolerance * Math.max(1, ...finite);
  expected.data.forEach((value, index) => {
    const own = actual.data[index] ?? 0;
    const holds = Number.isNaN(own)
      ? true
      : Number.isFinite(value)
        ? Math.abs(own - value) <= allowed
        : own === value;
    check(holds, `${what} at ${index}: expected ${value}, got ${own}`);
  });
}
